package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/emotion/linear"
)

const defaultChat = "internal/emotion/testdata"

// chatLanguages are those that there is a file of messages for.
func chatLanguages() []string { return []string{"ko", "en"} }

// message is one of the chat messages that were written by hand to judge the engine. They are never trained on.
type message struct {
	id, text, scene string
	// first and second are the labels of the two passes, as places in emotion.Labels.
	first, second int
	// right has the bits of all labels that a reading may have: those of the passes, and what the first held just as right.
	right uint32
	// half, 0 or 1, is which part of the file it belongs to: what is chosen on one is judged on the other.
	half int
}

// gold says that both passes gave the same label.
func (m message) gold() bool { return m.first == m.second }

func (m message) accepts(label int) bool { return m.right>>label&1 == 1 }

// loadChat reads the messages of one language, which are numbered from 1.
func loadChat(folder, language string) ([]message, error) {
	path := filepath.Join(folder, "chat_"+language+".tsv")
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("chat messages: %w", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Scan() // names of the columns
	var all []message
	for lines.Scan() {
		m, err := parseMessage(strings.Split(lines.Text(), "\t"))
		if err != nil {
			return nil, fmt.Errorf("%s: row %d: %w", path, len(all)+2, err)
		}
		if want := fmt.Sprintf("%s%03d", language, len(all)+1); m.id != want {
			return nil, fmt.Errorf("%s: row %d is called %q, not %q", path, len(all)+2, m.id, want)
		}
		m.half = len(all) % 2
		all = append(all, m)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return all, nil
}

// parseMessage understands the columns id, text, scene, first, also, second.
func parseMessage(columns []string) (message, error) {
	if len(columns) != 6 {
		return message{}, fmt.Errorf("%d columns, not 6", len(columns))
	}
	m := message{id: columns[0], text: columns[1], scene: columns[2]}
	names := []string{columns[3], columns[5]}
	if columns[4] != "" {
		names = append(names, strings.Split(columns[4], ",")...)
	}
	for _, name := range names {
		place := placeOf(emotion.Label(name))
		if place < 0 {
			return message{}, fmt.Errorf("unknown label %q", name)
		}
		m.right |= 1 << place
	}
	m.first, m.second = placeOf(emotion.Label(names[0])), placeOf(emotion.Label(names[1]))
	return m, nil
}

// agreement tells how often two passes gave the same label, and Cohen's kappa: how much of what chance would not have given anyway.
func agreement(all []message) (same, kappa float64) {
	var first, second [linear.LabelOutputs]float64
	n := float64(len(all))
	for _, m := range all {
		first[m.first]++
		second[m.second]++
		if m.gold() {
			same++
		}
	}
	same /= n
	chance := 0.0
	for l := range first {
		chance += first[l] / n * second[l] / n
	}
	if chance == 1 {
		return same, 1
	}
	return same, (same - chance) / (1 - chance)
}

// apart leaves out the rows whose text is that of a chat message, but for case, spaces and marks: a corpus has a few of the shortest.
func apart(rows []row, folder string) ([]row, error) {
	judged := map[string]bool{}
	for _, language := range chatLanguages() {
		messages, err := loadChat(folder, language)
		if err != nil {
			return nil, err
		}
		for _, m := range messages {
			judged[bare(m.text)] = true
		}
	}
	var kept []row
	for _, r := range rows {
		if !judged[bare(r.text)] {
			kept = append(kept, r)
		}
	}
	return kept, nil
}

// bare is a text's letters and digits in lower case, or all of it where it has none.
func bare(text string) string {
	letters := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
	if letters == "" {
		return text
	}
	return letters
}

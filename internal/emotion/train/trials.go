package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emosation/emosation/internal/emotion"
)

// trialSeed decides the random parts of the trials, so that they come out the same each time.
const trialSeed = 20261122

// printTrials prints what becomes of readings when their texts are changed.
func printTrials(engine *emotion.Embedded, rows []row, out io.Writer) {
	texts := make([]string, len(rows))
	for i, r := range rows {
		texts[i] = r.text
	}
	r := &random{state: trialSeed}
	more, tested := 0, 0
	for _, text := range texts {
		if fell, ok := deletion(engine, text, r); ok {
			tested++
			if fell {
				more++
			}
		}
	}
	fmt.Fprintf(out, "    deletion: without the marked words the label falls more than without others in %.3f of %d texts\n", share(more, tested), tested)
	fmt.Fprint(out, "    label kept, of clear readings:")
	for _, c := range changes() {
		same, changed := kept(engine, texts, c, trialSeed)
		fmt.Fprintf(out, " %s %.3f of %d;", c.name, share(same, changed), changed)
	}
	fmt.Fprintln(out)
	if len(rows) > 0 && isKorean(rows[0].text) {
		spaced, joined := withoutSpaces(engine, rows)
		fmt.Fprintf(out, "    top-1 in gold without spaces %.3f, with them %.3f\n", joined, spaced)
	}
}

func share(part, whole int) float64 { return float64(part) / float64(max(1, whole)) }

// withoutSpaces tells how often the best label is right, with the spaces of the texts and without any.
func withoutSpaces(engine *emotion.Embedded, rows []row) (spaced, joined float64) {
	right := func(text string, labels uint32) int { return int(labels >> placeOf(engine.Read(text).Label) & 1) }
	n, with, without := 0, 0, 0
	for _, r := range rows {
		if r.labels == 0 {
			continue
		}
		n++
		with += right(r.text, r.labels)
		without += right(strings.ReplaceAll(r.text, " ", ""), r.labels)
	}
	return share(with, n), share(without, n)
}

// The messages whose reading is timed, and how often: the quickest of the times is the message's own, the others are the machine's.
const (
	timedLength = 60
	timedAway   = 3
	timedMost   = 1000
	timedRounds = 7
)

// printSpeed prints how long messages of about 60 code points take, and what is allocated for them.
func printSpeed(engine *emotion.Embedded, dev []row, out io.Writer) {
	var texts []string
	for _, r := range dev {
		if n := utf8.RuneCountInString(r.text); n >= timedLength-timedAway && n <= timedLength+timedAway {
			texts = append(texts, r.text)
		}
	}
	if len(texts) == 0 {
		return
	}
	for i, r := len(texts)-1, (&random{state: trialSeed}); i > 0; i-- {
		j := r.below(i + 1)
		texts[i], texts[j] = texts[j], texts[i]
	}
	texts = texts[:min(timedMost, len(texts))]
	least := make([]time.Duration, len(texts))
	var reading emotion.Reading
	for round := range timedRounds {
		for i, text := range texts {
			begin := time.Now()
			engine.ReadInto(&reading, text, nil)
			if took := time.Since(begin); round == 0 || took < least[i] {
				least[i] = took
			}
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, text := range texts {
		engine.ReadInto(&reading, text, nil)
	}
	runtime.ReadMemStats(&after)
	slices.Sort(least)
	fmt.Fprintf(out, "%d messages of %d to %d code points: %d ns in the middle, %d ns for 99 of 100; %.2f allocations a message\n",
		len(texts), timedLength-timedAway, timedLength+timedAway, least[len(least)/2].Nanoseconds(), least[len(least)*99/100].Nanoseconds(),
		float64(after.Mallocs-before.Mallocs)/float64(len(texts)))
}

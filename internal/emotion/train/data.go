package main

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/emotion/linear"
)

// source is where a row comes from: raters of each kind of text had their own habits.
type source int

const (
	goEmotions source = iota // comments, English
	translated               // the same, translated into Korean by machine
	kote                     // comments written in Korean
	xed                      // lines of film subtitles, English
	distant                  // Korean film reviews, labelled by word lists
	starred                  // Korean film reviews with the stars that their writers gave
	chat                     // short messages of our own, both languages; see phrases.go
	sources
)

// sourceOf knows the names in the files' source column.
func sourceOf(name string) (source, bool) {
	i := slices.Index([]string{"goemotions", "goemotions-ko", "kote", "xed", "nsmc-distant", "nsmc-raw"}, name)
	return source(i), i >= 0
}

// row is one labelled text. The sets are bit masks in the order of the label slices.
type row struct {
	text   string
	source source
	fine   uint32
	labels uint32
	// shades, of KOTE only, tells how much of each label was seen, and hints the nearest fine labels.
	shades *[linear.LabelOutputs]float32
	hints  uint32
	// dominant is the one label that fits best, -1 where the source does not say.
	dominant int
	weight   float32
	// valence is how pleasant the text is, 0 to 1.
	valence float32
	// soft is what models made of the row that had not seen it, nor its twin in the other language; nil where none was asked.
	soft *[linear.MannerOutput]float32
}

func trainFiles() []string {
	return []string{"train_goemotions_en", "train_goemotions_ko_mt", "train_kote", "train_xed_en", "distant_nsmc_ko", "valence_nsmc_ko"}
}

func devFiles() []string {
	return []string{"dev_goemotions_en", "dev_goemotions_ko_mt", "dev_kote", "dev_xed_en", "valence_nsmc_ko_dev"}
}

func loadAll(folder string, names []string) ([]row, error) {
	var rows []row
	for _, name := range names {
		more, err := load(filepath.Join(folder, name+".tsv.gz"))
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// load reads one file of the columns text, labels, lang, source, coarse.
func load(path string) ([]row, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("labelled data: %w", err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	lines := bufio.NewScanner(unzipped)
	lines.Buffer(nil, 1<<20)
	lines.Scan() // names of the columns
	var rows []row
	for lines.Scan() {
		columns := strings.Split(lines.Text(), "\t")
		if len(columns) != 5 {
			return nil, fmt.Errorf("%s: row %d has %d columns, not 5", path, len(rows)+2, len(columns))
		}
		r, err := parse(columns)
		if err != nil {
			return nil, fmt.Errorf("%s: row %d: %w", path, len(rows)+2, err)
		}
		rows = append(rows, r)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return rows, nil
}

func parse(columns []string) (row, error) {
	from, ok := sourceOf(columns[3])
	if !ok {
		return row{}, fmt.Errorf("unknown source %q", columns[3])
	}
	r := row{text: columns[0], source: from, dominant: -1, weight: 1}
	if from == starred {
		stars, err := strconv.Atoi(strings.TrimPrefix(columns[1], "rating:"))
		if err != nil || stars < 1 || stars > 10 {
			return row{}, fmt.Errorf("%q is not a rating of 1 to 10", columns[1])
		}
		r.valence = float32(stars-1) / 9
		return r, nil
	}
	labels := emotion.Labels()
	for _, name := range strings.Split(columns[4], ",") {
		if i := slices.Index(labels[:], emotion.Label(name)); i >= 0 {
			r.labels |= 1 << i
		}
	}
	fine := emotion.FineLabels()
	if from == goEmotions || from == translated {
		for _, name := range strings.Split(columns[1], ",") {
			i := slices.Index(fine[:], name)
			if i < 0 {
				return row{}, fmt.Errorf("unknown fine label %q", name)
			}
			r.fine |= 1 << i
		}
	}
	if from == kote {
		r.shades, r.hints = readKote(strings.Split(columns[1], ","))
		r.dominant = slices.Index(r.shades[:], 1)
	}
	r.valence = pleasantness(r.labels)
	return r, nil
}

// pleasantness is the mean of the labels': joy is pleasant, surprise and neutral are neither, the others are not.
func pleasantness(labels uint32) float32 {
	sum, n := float32(0), float32(0)
	for l, label := range emotion.Labels() {
		if labels>>l&1 == 0 {
			continue
		}
		n++
		switch label {
		case emotion.Joy:
			sum++
		case emotion.Surprise, emotion.Neutral:
			sum += 0.5
		}
	}
	if n == 0 {
		return 0.5
	}
	return sum / n
}

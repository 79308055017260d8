package main

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
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
	sources
)

// sourceOf knows the names in the files' source column.
func sourceOf(name string) (source, bool) {
	i := slices.Index([]string{"goemotions", "goemotions-ko", "kote", "xed", "nsmc-distant"}, name)
	return source(i), i >= 0
}

// row is one labelled text. The sets are bit masks in the order of the label slices.
type row struct {
	text   string
	source source
	fine   uint32
	labels uint32
	// dominant is the one label that fits best, -1 where the source does not say.
	dominant int
	weight   float32
}

func trainFiles() []string {
	return []string{"train_goemotions_en", "train_goemotions_ko_mt", "train_kote", "train_xed_en", "distant_nsmc_ko"}
}

func devFiles() []string {
	return []string{"dev_goemotions_en", "dev_goemotions_ko_mt", "dev_kote", "dev_xed_en"}
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
		r.dominant = dominant(strings.Split(columns[1], ","))
	}
	return r, nil
}

// dominant picks the label with the most of its KOTE labels present, beside the root of how many it has; the raters of KOTE
// gave about eight labels to each text.
func dominant(names []string) int {
	var count, size [linear.LabelOutputs]float64
	for _, name := range strings.Fields(koteLabels) {
		kind, label, _ := strings.Cut(name, ":")
		i := strings.Index("adfjsun", label)
		size[i]++
		if slices.Contains(names, kind) {
			count[i]++
		}
	}
	best, most := -1, 0.0
	for i := range count {
		if score := count[i] / math.Sqrt(size[i]); score > most {
			best, most = i, score
		}
	}
	return best
}

// koteLabels gives the label of each KOTE label by its place in "anger disgust fear joy sadness sUrprise neutral".
const koteLabels = `complaint:a fed_up:a anger:a contempt_arrogance:a distrust:a irritation:a preposterous:a bothersome:a
pathetic:d disgust:d hatred:d fear:f reluctant:f anxiety:f
welcome:j admiration:j gratitude:j respect:j expectation:j pride:j comfort:j caring:j excitement:j cute_pleased:j happiness:j
joy:j relief_trust:j sorrow:s disappointment_pity:s shame:s despair:s self_hatred:s exhaustion:s guilt:s sorrowful_unfair:s
compassion:s curiosity:u realization:u embarrassed:u shock:u surprise:u no_emotion:n`

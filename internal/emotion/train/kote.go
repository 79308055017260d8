package main

import (
	"math"
	"slices"
	"strings"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/emotion/linear"
)

// koteLabels maps KOTE's labels to one of the seven and to the nearest fine one. Two have no label: resolute, boredom.
const koteLabels = `
complaint anger annoyance; fed_up anger annoyance; anger anger anger; contempt_arrogance anger disapproval;
distrust anger disapproval; irritation anger annoyance; preposterous anger disapproval; bothersome anger annoyance;
pathetic disgust disapproval; disgust disgust disgust; hatred disgust disgust;
fear fear fear; reluctant fear nervousness; anxiety fear nervousness;
welcome joy approval; admiration joy admiration; gratitude joy gratitude; respect joy admiration; expectation joy optimism;
pride joy pride; comfort joy relief; caring joy caring; excitement joy excitement; cute_pleased joy love;
happiness joy joy; joy joy joy; relief_trust joy relief;
sorrow sadness sadness; disappointment_pity sadness disappointment; shame sadness embarrassment; despair sadness grief;
self_hatred sadness disappointment; exhaustion sadness sadness; guilt sadness remorse; sorrowful_unfair sadness sadness;
compassion sadness caring;
curiosity surprise curiosity; realization surprise realization; embarrassed surprise confusion; shock surprise surprise;
surprise surprise surprise;
no_emotion neutral neutral`

// readKote weighs what KOTE's raters saw; together they gave about eight labels to each text. A label's shade is the number of
// its KOTE labels present beside the root of how many it has, relative to the strongest label.
func readKote(names []string) (*[linear.LabelOutputs]float32, uint32) {
	var count, size [linear.LabelOutputs]float64
	hints := uint32(0)
	labels, fine := emotion.Labels(), emotion.FineLabels()
	for _, entry := range strings.Split(koteLabels, ";") {
		word := strings.Fields(entry)
		l := slices.Index(labels[:], emotion.Label(word[1]))
		size[l]++
		if slices.Contains(names, word[0]) {
			count[l]++
			hints |= 1 << slices.Index(fine[:], word[2])
		}
	}
	most := 0.0
	for l := range count {
		count[l] /= math.Sqrt(size[l])
		most = max(most, count[l])
	}
	shades := new([linear.LabelOutputs]float32)
	for l := range count {
		if most > 0 {
			shades[l] = float32(count[l] / most)
		}
	}
	return shades, hints
}

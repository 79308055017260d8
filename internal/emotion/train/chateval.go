package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/emotion/linear"
)

// The leans that are tried: how far the log-odds of neutral are moved before the best label is chosen.
const (
	leanStep  = 0.1
	leanSteps = 25 // to each side
	leanBlur  = 3  // steps to each side that a lean's figure is averaged over, as a single spike is luck
)

// reader is an engine's ReadAs.
type reader func(text string, bias *emotion.Bias) emotion.Reading

// lean returns the move of neutral's log-odds with which most of the messages are read right: the middle of the best stretch.
func lean(read reader, messages []message) float64 {
	right := make([]int, 2*leanSteps+1)
	for i := range right {
		bias := towardsNeutral(float64(i-leanSteps) * leanStep)
		for _, m := range messages {
			if m.accepts(placeOf(read(m.text, &bias).Label)) {
				right[i]++
			}
		}
	}
	// Sums of equally many whole numbers, so that ties are ties.
	from, to, most := 0, 0, -1
	for i := leanBlur; i < len(right)-leanBlur; i++ {
		sum := 0
		for _, n := range right[i-leanBlur : i+leanBlur+1] {
			sum += n
		}
		switch {
		case sum > most:
			from, to, most = i, i, sum
		case sum == most && to == i-1:
			to = i
		}
	}
	return (float64(from+to)/2 - leanSteps) * leanStep
}

func towardsNeutral(by float64) (bias emotion.Bias) {
	bias[linear.LabelOutputs-1] = by
	return bias
}

func placeOf(label emotion.Label) int {
	labels := emotion.Labels()
	return slices.Index(labels[:], label)
}

// breakEven returns the confidence at which a reading is as often right as wrong.
func breakEven(samples []sample) float64 {
	line := platt(samples)
	return linear.Sigmoid(-float64(line.Offset) / float64(line.Slope))
}

// answer is how the engine read one message.
type answer struct {
	message
	label      int
	confidence float64
	clear      bool
}

func (a answer) right() bool { return a.accepts(a.label) }

func answers(read reader, messages []message, bias *emotion.Bias) []answer {
	all := make([]answer, len(messages))
	for i, m := range messages {
		r := read(m.text, bias)
		all[i] = answer{m, placeOf(r.Label), r.Confidence, !r.Unclear}
	}
	return all
}

// crossed reads each half with the lean and the limit of clearness that the other half asks for.
func crossed(read reader, messages []message) (all []answer, leans, limits [2]float64) {
	var halves [2][]message
	for _, m := range messages {
		halves[m.half] = append(halves[m.half], m)
	}
	for h := range halves {
		leans[h] = lean(read, halves[h])
		bias := towardsNeutral(leans[h])
		var samples []sample
		for _, a := range answers(read, halves[h], &bias) {
			samples = append(samples, sample{linear.Logit(a.confidence), a.right()})
		}
		limits[h] = breakEven(samples)
		judged := answers(read, halves[1-h], &bias)
		for i := range judged {
			judged[i].clear = judged[i].confidence >= limits[h]
		}
		all = append(all, judged...)
	}
	return all, leans, limits
}

// grade sums up how a set of messages was read.
type grade struct {
	top, gold       float64 // share read right, and of those where both passes agree
	coverage, clear float64 // share that is not unclear, and share right among those
	labels          table   // of the gold ones
	confusion       [linear.LabelOutputs][linear.LabelOutputs]int
}

// gradeOf judges the halves apart and takes the mean, so that they count alike.
func gradeOf(all []answer) grade {
	g := grade{labels: make(table, linear.LabelOutputs)}
	var rows, right, gold, goldRight, clear, clearRight [2]float64
	for _, a := range all {
		hit := 0.0
		if a.right() {
			hit = 1
		}
		rows[a.half]++
		right[a.half] += hit
		if a.clear {
			clear[a.half]++
			clearRight[a.half] += hit
		}
		if a.gold() {
			gold[a.half]++
			if a.label == a.first {
				goldRight[a.half]++
			}
			g.confusion[a.first][a.label]++
			g.labels.add(1<<a.first, 1<<a.label)
		}
	}
	mean := func(part, whole [2]float64) float64 {
		return (part[0]/max(whole[0], 1) + part[1]/max(whole[1], 1)) / 2
	}
	g.top, g.gold = mean(right, rows), mean(goldRight, gold)
	g.coverage, g.clear = mean(clear, rows), mean(clearRight, clear)
	return g
}

// reportChat prints how engine reads the chat messages of a folder.
func reportChat(engine *emotion.Embedded, folder string, out io.Writer) error {
	for _, language := range chatLanguages() {
		messages, err := loadChat(folder, language)
		if err != nil {
			return err
		}
		if len(messages) < 2 {
			return fmt.Errorf("chat messages: %d of %s cannot be halved", len(messages), language)
		}
		same, kappa := agreement(messages)
		fmt.Fprintf(out, "\nchat %s: %d messages; the passes agree on %.1f%%, Cohen's kappa %.3f\n", language, len(messages), 100*same, kappa)
		printGrade("as built", gradeOf(answers(engine.ReadAs, messages, nil)), out)
		all, leans, limits := crossed(engine.ReadAs, messages)
		g := gradeOf(all)
		printGrade("thresholds of the other half", g, out)
		fmt.Fprintf(out, "  neutral moved by %+.2f and %+.2f (all messages: %+.2f), clear from %.2f and %.2f\n",
			leans[0], leans[1], lean(engine.ReadAs, messages), limits[0], limits[1])
		printCoverage(all, out)
		printConfusion(g, out)
		printScenes(all, out)
	}
	return nil
}

func printGrade(how string, g grade, out io.Writer) {
	fmt.Fprintf(out, "  chat top-1, %s: %.3f; where the passes agree %.3f, macro-F1 %.3f; coverage %.3f, right where clear %.3f\n",
		how, g.top, g.gold, g.labels.macro(), g.coverage, g.clear)
}

// printCoverage tells how often the engine is wrong if only the surest readings are taken.
func printCoverage(all []answer, out io.Writer) {
	surest := slices.Clone(all)
	slices.SortStableFunc(surest, func(a, b answer) int { return cmp.Compare(b.confidence, a.confidence) })
	fmt.Fprint(out, "  wrong among the surest:")
	for _, percent := range []int{100, 90, 80, 70, 60, 50} {
		taken := surest[:max(1, len(surest)*percent/100)]
		wrong := 0
		for _, a := range taken {
			if !a.right() {
				wrong++
			}
		}
		fmt.Fprintf(out, " %d%% %.3f", percent, float64(wrong)/float64(len(taken)))
	}
	fmt.Fprintln(out)
}

func printConfusion(g grade, out io.Writer) {
	fmt.Fprintf(out, "  %-10s", "meant\\read")
	for _, label := range emotion.Labels() {
		fmt.Fprintf(out, "%9s", label)
	}
	fmt.Fprintf(out, "%9s\n", "F1")
	for l, label := range emotion.Labels() {
		fmt.Fprintf(out, "  %-10s", label)
		for _, n := range g.confusion[l] {
			fmt.Fprintf(out, "%9d", n)
		}
		fmt.Fprintf(out, "%9.3f\n", g.labels[l].f1())
	}
}

func printScenes(all []answer, out io.Writer) {
	rows, right := map[string]int{}, map[string]int{}
	var names []string
	for _, a := range all {
		if rows[a.scene]++; rows[a.scene] == 1 {
			names = append(names, a.scene)
		}
		if a.right() {
			right[a.scene]++
		}
	}
	slices.Sort(names)
	fmt.Fprint(out, "  right by scene:")
	for _, name := range names {
		fmt.Fprintf(out, " %s %d/%d", name, right[name], rows[name])
	}
	fmt.Fprintln(out)
}

package outage

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// Print shows what was measured, the server without a provider beside the one with it, and which promises broke.
func (r *Report) Print(out io.Writer) {
	fmt.Fprintf(out, "\nseed %d; in each pair the server without a provider and the one with it\n\n", r.Seed)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "the provider\ts\tdelivered\tp50 ms\t×\tp95 ms\t×\tp99 ms\t×\tgoroutines\tin use MiB\tRSS MiB\twaiting\tcalls\tbetter\tfell back\tbreaker open\t")
	for _, s := range r.Stretches {
		e, m := s.Embedded, s.Remote
		fmt.Fprintf(table, "%s\t%.0f\t%d %d\t%s\t%s\t%s\t%d–%d %d–%d\t%d %d\t%d %d\t%d\t%d\t%d\t%d\t%d %%\t\n", s.Manner, s.Took.Seconds(), e.Deliveries, m.Deliveries,
			pair(e.P50, m.P50), pair(e.P95, m.P95), pair(e.P99, m.P99), e.LeastGoroutines, e.MostGoroutines, m.LeastGoroutines, m.MostGoroutines,
			e.MostLive>>20, m.MostLive>>20, e.MostRSS>>20, m.MostRSS>>20, m.MostWaiting, m.Calls, m.Better, m.FellBack, 100*m.Open/max(1, m.Samples))
	}
	_ = table.Flush() // as for all other lines: what is left to say when a terminal fails?
	p50, p95, p99 := r.ratios()
	fmt.Fprintf(out, "\ndelivery in trouble, with a provider ÷ without, median of the rows: p50 %.2f, p95 %.2f, p99 %.2f\n", p50, p95, p99)
	fmt.Fprintf(out, "the provider was asked %d times, by %d at once at most\n", r.Asked, r.AtOnce)
	for _, s := range []struct {
		name string
		Summary
	}{{"without", r.Embedded}, {"with", r.Remote}} {
		v, n := s.Verdict, s.Readings
		fmt.Fprintf(out, "%7s: %d acknowledged, %d deliveries, %d wrong; %d without a reading, %d unclear, %d remote, %d lies; goroutines at rest, without those of MariaDB, %d, then %d; in use %d, then %d MiB; RSS %d, then %d MiB\n",
			s.name, s.Acknowledged, v.Deliveries, v.Wrong(), n.Missing, n.Unclear, n.Remote, n.Lies, s.Before.Own, s.After.Own, s.Before.MostLive>>20, s.After.MostLive>>20,
			s.Before.MostRSS>>20, s.After.MostRSS>>20)
	}
	fmt.Fprintf(out, "well again: %d of %d messages read remotely\n", r.Remote.Readings.LateRemote, r.Remote.Readings.Late)
	for _, f := range r.Broken {
		fmt.Fprintf(out, "BROKEN %s: %s\n", f.Kind, f.Text)
	}
	if len(r.Broken) == 0 {
		fmt.Fprintln(out, "no promise was broken")
	}
}

func pair(without, with time.Duration) string {
	return fmt.Sprintf("%s %s\t%.2f", ms(without), ms(with), ratio(with, without))
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f", d.Seconds()*1000) }

func ratio(a, b time.Duration) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// ratios are the middles of those of the stretches of trouble.
func (r *Report) ratios() (p50, p95, p99 float64) {
	var all [3][]float64
	for _, s := range r.Stretches {
		if s.Trouble {
			for i, of := range []float64{ratio(s.Remote.P50, s.Embedded.P50), ratio(s.Remote.P95, s.Embedded.P95), ratio(s.Remote.P99, s.Embedded.P99)} {
				all[i] = append(all[i], of)
			}
		}
	}
	middle := func(list []float64) float64 {
		if len(list) == 0 {
			return 0
		}
		slices.Sort(list)
		return list[len(list)/2]
	}
	return middle(all[0]), middle(all[1]), middle(all[2])
}

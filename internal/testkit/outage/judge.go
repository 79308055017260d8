package outage

import (
	"context"
	"fmt"
	"time"

	"github.com/emosation/emosation/api/loadtest"
)

// Finding is a promise that was broken.
type Finding struct{ Kind, Text string }

// Kinds of broken promises.
const (
	Delivery   = "delivery"   // a message was lost, doubled, out of order, refused or not answered
	Slower     = "slower"     // deliveries waited for the provider
	Goroutines = "goroutines" // they grew with the trouble
	Memory     = "memory"     // likewise
	Waiting    = "waiting"    // more waits than may
	Crowding   = "crowding"   // the provider was asked too much at once
	Unread     = "unread"     // a message has neither a reading nor an honest unclear
	Misled     = "misled"     // a lie of the provider was shown
	Away       = "away"       // the provider is well again, and not asked
	Untested   = "untested"   // the run proves nothing
)

// What the program promises, whatever the provider does.
const (
	// One node reads four rooms at once and makes four calls for each; as many that were given up may be on their way still.
	mostAtOnce = 2 * 4 * 4
	// Each of those rooms has a goroutine, and each call one, one that dials and the two of its connection. Four connections idle.
	mostGoroutines = 4 + 4*4*4 + 2*4
	mostWaiting    = 5000
	mostInRoom     = 200
)

// judge looks at what was measured and at what people find, and ends the conversations.
func (w *watch) judge(ctx context.Context) error {
	r := &w.report
	for i, s := range []*Summary{&r.Embedded, &r.Remote} {
		mark := w.mark
		if i == 0 {
			mark = nil
		}
		readings, err := inspect(ctx, w.sides[i].crowd, w.Crowd.Rooms, mark)
		s.Verdict, s.Note = w.sides[i].crowd.Close()
		if err != nil {
			return err
		}
		s.Readings = readings
	}
	r.Asked, r.AtOnce = w.provider.asked.Load(), w.provider.most.Load()
	if complaint := w.provider.complaint.Load(); complaint != nil {
		r.find(Untested, "the provider did not understand: %s", *complaint)
	}
	r.judge(w.Crowd)
	return nil
}

// inspect reads the history of all rooms. Messages after the marks of their rooms count as late.
func inspect(ctx context.Context, crowd *loadtest.Crowd, rooms int, mark []int64) (r Readings, err error) {
	for room := range rooms {
		last := int64(0)
		err := crowd.History(ctx, room, func(m loadtest.Found) {
			if m.Seq != last+1 {
				r.Gaps++
			}
			last = m.Seq
			if m.Kind == "system" {
				return
			}
			r.count(m, mark != nil && m.Seq > mark[room])
		})
		if err != nil {
			return r, fmt.Errorf("read what was said: %w", err)
		}
	}
	return r, nil
}

func (r *Readings) count(m loadtest.Found, late bool) {
	r.Messages++
	if late {
		r.Late++
	}
	switch {
	case m.Reading == nil || m.Reading.Label == "" || m.Reading.Sentence == "":
		r.Missing++
		return
	case m.Reading.Sentence == lie:
		r.Lies++
	}
	if m.Reading.Unclear {
		r.Unclear++
	}
	if m.Reading.Engine == "openai" {
		r.Remote++
		if late {
			r.LateRemote++
		}
	}
}

func (r *Report) find(kind, format string, args ...any) {
	r.Broken = append(r.Broken, Finding{kind, fmt.Sprintf(format, args...)})
}

// judge holds what was measured to the promises. Nothing is held to a stopwatch: deliveries are compared with those of the other server
// in the same stretch.
func (r *Report) judge(plan loadtest.Plan) {
	r.judgeSide("embedded", &r.Embedded)
	r.judgeSide("remote", &r.Remote)
	if e := r.Embedded.Readings; e.Remote > 0 {
		r.find(Untested, "%d messages of the embedded server have remote readings", e.Remote)
	}
	calls := 0
	for i := range r.Stretches {
		s := &r.Stretches[i]
		r.judgeStretch(s, plan)
		if s.Trouble {
			calls += s.Remote.Calls
		}
	}
	if calls == 0 {
		r.find(Untested, "the provider was not asked while it was in trouble")
	}
	r.judgeGrowth()
	if r.AtOnce > mostAtOnce {
		r.find(Crowding, "the provider was asked by %d at once, more than %d", r.AtOnce, mostAtOnce)
	}
	m := r.Remote
	if int64(m.Decided) < m.Acknowledged {
		r.find(Waiting, "what becomes of %d of %d messages was never decided", m.Acknowledged-int64(m.Decided), m.Acknowledged)
	}
	if m.After.MostWaiting > 0 {
		r.find(Waiting, "%d messages wait still", m.After.MostWaiting)
	}
	// A call may fail for once in the best of times.
	if late := m.Readings; late.LateRemote*10 < late.Late*9 || late.Late == 0 {
		r.find(Away, "%d of %d messages were read remotely after the provider was well again", late.LateRemote, late.Late)
	}
}

func (r *Report) judgeSide(name string, s *Summary) {
	if s.Verdict.Wrong() > 0 {
		r.find(Delivery, "%s: %+v %s", name, s.Verdict, s.Note)
	}
	if s.Acknowledged == 0 || s.Verdict.Deliveries == 0 {
		r.find(Untested, "%s: nobody said anything", name)
	}
	if int64(s.Readings.Messages) != s.Acknowledged || s.Readings.Gaps > 0 {
		r.find(Delivery, "%s: %d messages are found of %d that were acknowledged, with %d gaps", name, s.Readings.Messages, s.Acknowledged, s.Readings.Gaps)
	}
	if s.Readings.Missing > 0 {
		r.find(Unread, "%s: %d messages without a reading", name, s.Readings.Missing)
	}
	if s.Readings.Lies > 0 {
		r.find(Misled, "%s: %d lies", name, s.Readings.Lies)
	}
}

func (r *Report) judgeStretch(s *Stretch, plan loadtest.Plan) {
	calm := &r.Stretches[0]
	if bound := min(mostWaiting, mostInRoom*plan.Rooms); s.Remote.MostWaiting > bound {
		r.find(Waiting, "%s: %d messages wait, more than %d", s.Manner, s.Remote.MostWaiting, bound)
	}
	if bound := calm.Remote.MostGoroutines + mostGoroutines; s.Remote.MostGoroutines > bound {
		r.find(Goroutines, "%s: %d, more than the %d of calm and %d of calls", s.Manner, s.Remote.MostGoroutines, calm.Remote.MostGoroutines, mostGoroutines)
	}
	if s.Remote.MostLive > s.Embedded.MostLive+mostLive {
		r.find(Memory, "%s: %d MiB in use, without a provider %d", s.Manner, s.Remote.MostLive>>20, s.Embedded.MostLive>>20)
	}
	// Passwords were hashed for the people, and what that took is given back in its own time.
	if s.Remote.MostRSS > max(s.Embedded.MostRSS, r.Remote.Before.MostRSS)+allowance {
		r.find(Memory, "%s: %d MiB resident, without a provider %d", s.Manner, s.Remote.MostRSS>>20, s.Embedded.MostRSS>>20)
	}
	if s != calm && s.Remote.P50 > slower*max(s.Embedded.P50, floor) {
		r.find(Slower, "%s: half of the deliveries took %s ms and more, without a provider %s", s.Manner, ms(s.Remote.P50), ms(s.Embedded.P50))
	}
}

const (
	// mostLive is what calls may hold: an answer of 1 MiB at most, in pieces while it comes and then whole, for each of those at once.
	mostLive = 2 * mostAtOnce << 20
	// allowance is what residents may differ by without a reason: what the collector has not given back yet.
	allowance = 64 << 20
	// slower is how many times as long deliveries may take: two servers on one machine differ, but not by what providers take. Below floor
	// nobody notices, and the machine decides.
	slower = 3
	floor  = 5 * time.Millisecond
	// What may be left over at rest: goroutines of connections that are kept for the next call, and memory.
	idle     = 2*4 + 2
	leftOver = 8 << 20
)

// judgeGrowth compares rest with rest. What grows on the other server too, such as what it remembers of messages, is no fault of the
// provider.
func (r *Report) judgeGrowth() {
	m, e := &r.Remote, &r.Embedded
	with, without := m.After.Own-m.Before.Own, e.After.Own-e.Before.Own
	if with > max(0, without)+idle {
		r.find(Goroutines, "%d more at rest than before, without a provider %d", with, without)
	}
	more, others := m.After.MostLive-m.Before.MostLive, e.After.MostLive-e.Before.MostLive
	if more > max(0, others)+leftOver {
		r.find(Memory, "%d MiB more in use at rest than before, without a provider %d", more>>20, others>>20)
	}
	if with, without := m.After.MostRSS, e.After.MostRSS; with > without+allowance {
		r.find(Memory, "%d MiB resident at rest, without a provider %d", with>>20, without>>20)
	}
}

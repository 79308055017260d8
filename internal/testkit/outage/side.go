package outage

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emosation/emosation/api/loadtest"
	"github.com/emosation/emosation/internal/pause"
)

// Server is one that runs already.
type Server struct{ URL, OpsURL string }

// Measure is what one server did and held during a stretch.
type Measure struct {
	loadtest.Heard

	LeastGoroutines, MostGoroutines int
	// Bytes: what the collector found in use when it last looked, and what is resident.
	MostLive, MostRSS int64
	MostWaiting       int
	Samples, Open     int // how often it was looked at, and how often its breaker was open then
	// How many calls of the provider were made, and what became of messages.
	Calls, Better, FellBack int
	// Own is how many goroutines there were at rest besides those of connections to MariaDB, which come and go with bursts.
	Own int
}

// side is one of the two servers with the people on it.
type side struct {
	Server
	name  string
	crowd *loadtest.Crowd
	http  *http.Client

	mu      sync.Mutex
	now     Measure
	last    look
	counted look // when the stretch began
	first   look
}

// look is what a server tells about itself at a moment.
type look struct {
	goroutines, waiting     int
	live, rss               int64
	open                    bool
	calls, better, fellBack int
	decided                 int // messages, whatever became of them
}

const (
	nameGoroutines = "go_goroutines"
	nameNextGC     = "go_memstats_next_gc_bytes" // twice what was in use at the last one
	nameRSS        = "process_resident_memory_bytes"
	nameWaiting    = "emosation_analysis_waiting_messages"
	nameOpen       = `emosation_openai_breaker{state="open"}`
	nameCalls      = "emosation_openai_calls_total{"
	nameBecame     = "emosation_analysis_messages_total{"
)

// parse reads the metrics of a server. One that has no remote engine says nothing about it.
func parse(metrics io.Reader) (l look, err error) {
	lines := bufio.NewScanner(metrics)
	for lines.Scan() {
		name, text, ok := cutLast(lines.Text())
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return l, fmt.Errorf("metric %q: %w", lines.Text(), err)
		}
		switch {
		case name == nameGoroutines:
			l.goroutines = int(value)
		case name == nameNextGC:
			l.live = int64(value / 2)
		case name == nameRSS:
			l.rss = int64(value)
		case name == nameWaiting:
			l.waiting = int(value)
		case name == nameOpen:
			l.open = value == 1
		case strings.HasPrefix(name, nameCalls):
			l.calls += int(value)
		case strings.HasPrefix(name, nameBecame):
			l.became(name, int(value))
		}
	}
	return l, lines.Err()
}

func (l *look) became(name string, n int) {
	l.decided += n
	switch {
	case strings.Contains(name, `"improved"`):
		l.better += n
	case !strings.Contains(name, `"outdated"`):
		l.fellBack += n
	}
}

func cutLast(line string) (name, value string, ok bool) {
	at := strings.LastIndexByte(line, ' ')
	if at < 0 {
		return "", "", false
	}
	return line[:at], line[at+1:], true
}

// ask reads what a server tells its operators.
func (s *side) ask(ctx context.Context, path string, read func(io.Reader) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.OpsURL+path, nil)
	if err != nil {
		return err
	}
	answer, err := s.http.Do(request)
	if err != nil {
		return fmt.Errorf("look at the %s server: %w", s.name, err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("look at the %s server: %s answers %s", s.name, path, answer.Status)
	}
	return read(answer.Body)
}

// collect lets the server find out what it has in use. What is kept for a next time goes with the second round.
func (s *side) collect(ctx context.Context) error {
	for range 2 {
		err := s.ask(ctx, "/debug/pprof/heap?gc=1", func(profile io.Reader) error {
			_, err := io.Copy(io.Discard, profile)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// own counts goroutines in a profile: groups with the same stack, each under a line with their number.
func own(profile io.Reader) (count int, err error) {
	lines := bufio.NewScanner(profile)
	group := 0
	for lines.Scan() {
		number, _, starts := strings.Cut(lines.Text(), " @ ")
		switch {
		case starts:
			if group, err = strconv.Atoi(number); err != nil {
				return 0, fmt.Errorf("profile of goroutines: %w", err)
			}
			count += group
		case strings.Contains(lines.Text(), "go-sql-driver/mysql."):
			count -= group
			group = 0 // its stack has more such lines
		}
	}
	return count, lines.Err()
}

// sample looks at the server.
func (s *side) sample(ctx context.Context) (l look, err error) {
	err = s.ask(ctx, "/metrics", func(metrics io.Reader) error {
		l, err = parse(metrics)
		return err
	})
	if err != nil {
		return l, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = l
	m := &s.now
	if m.Samples == 0 {
		m.LeastGoroutines = l.goroutines
	}
	m.Samples++
	m.LeastGoroutines, m.MostGoroutines = min(m.LeastGoroutines, l.goroutines), max(m.MostGoroutines, l.goroutines)
	m.MostLive, m.MostRSS, m.MostWaiting = max(m.MostLive, l.live), max(m.MostRSS, l.rss), max(m.MostWaiting, l.waiting)
	if l.open {
		m.Open++
	}
	return l, nil
}

// patience is how long a server may take to tell about itself.
const patience = 20 * time.Second

// take ends a stretch and begins the next one.
func (s *side) take(ctx context.Context) (Measure, error) {
	if _, err := s.sample(ctx); err != nil {
		return Measure{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.now
	m.Heard = s.crowd.Lately()
	m.Calls, m.Better, m.FellBack = s.last.calls-s.counted.calls, s.last.better-s.counted.better, s.last.fellBack-s.counted.fellBack
	s.now, s.counted = Measure{}, s.last
	return m, nil
}

// rest measures while nobody talks.
func (s *side) rest(ctx context.Context, glance time.Duration) (m Measure, err error) {
	if err := s.collect(ctx); err != nil {
		return m, err
	}
	if _, err := s.take(ctx); err != nil {
		return m, err
	}
	least := 0
	for i := range 8 {
		pause.For(ctx, glance)
		if _, err := s.sample(ctx); err != nil {
			return m, err
		}
		err := s.ask(ctx, "/debug/pprof/goroutine?debug=1", func(profile io.Reader) error {
			n, err := own(profile)
			if i == 0 || n < least {
				least = n
			}
			return err
		})
		if err != nil {
			return m, err
		}
	}
	m, err = s.take(ctx)
	m.Own = least
	return m, err
}

// moment is what the server told last.
func (s *side) moment() look {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

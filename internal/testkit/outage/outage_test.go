package outage

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/api/loadtest"
	"github.com/emosation/emosation/internal/pause"
)

// short are the options of a run that is over in seconds, so that the breaker has no time to open: it would stay so for half a minute.
func short(t *testing.T) Options {
	return Options{
		Seed: 1, Trouble: 3 * time.Second, Calm: 1200 * time.Millisecond, Troubles: []string{"lies", "429, Retry-After 2"}, Progress: t.Output(),
		Crowd: loadtest.Plan{Rooms: 2, Members: 3, Senders: 1, Rate: 8, Payload: 100},
	}
}

func (r *Report) kinds() (kinds []string) {
	for _, f := range r.Broken {
		kinds = append(kinds, f.Kind)
	}
	return kinds
}

func TestNobodyNoticesAProviderInTroubleAndWhoWaitsForItIsFound(t *testing.T) {
	s := &stage{}
	t.Cleanup(func() { require.NoError(t, s.stop()) })
	require.NoError(t, s.open(t.Context()))

	report, err := Watch(t.Context(), short(t), s.provider, s.embedded, s.remote)
	require.NoError(t, err)
	report.Print(t.Output())
	for _, kind := range report.kinds() {
		require.Equal(t, Slower, kind, "all but what a stopwatch says: %v", report.Broken)
	}
	require.Len(t, report.Stretches, 5, "well, two troubles, coming back, well again")
	m := report.Remote
	require.Positive(t, m.Acknowledged)
	require.Positive(t, m.Readings.Remote)
	require.Less(t, m.Readings.Remote, m.Readings.Messages, "it was in trouble")
	require.Zero(t, report.Embedded.Readings.Remote)

	o := short(t)
	o.Troubles, o.Trouble, o.Calm = o.Troubles[1:], 2*time.Second, o.Calm/2
	report, err = Watch(t.Context(), o, s.provider, s.embedded, Server{URL: waiting(t, s.provider, s.remote.URL), OpsURL: s.remote.OpsURL})
	require.NoError(t, err)
	report.Print(t.Output())
	require.Contains(t, report.kinds(), Slower)
}

// waiting stands before a server and makes it a worse one: while the provider is in trouble, all that it says waits.
func waiting(t *testing.T, provider *Provider, server string) string {
	to, err := url.Parse(server)
	require.NoError(t, err)
	front := httputil.NewSingleHostReverseProxy(to)
	front.Transport = &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return waiter{conn, t.Context(), provider}, err
	}}
	front.ErrorHandler = func(http.ResponseWriter, *http.Request, error) {} // of sockets that end
	listening := httptest.NewServer(front)
	t.Cleanup(listening.Close)
	return listening.URL
}

type waiter struct {
	net.Conn
	ctx      context.Context
	provider *Provider
}

func (w waiter) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.provider.mu.Lock()
	well := w.provider.manner.name == well.name
	w.provider.mu.Unlock()
	if !well {
		pause.For(w.ctx, 500*time.Millisecond)
	}
	return n, err
}

// fine is a report of a run in which every promise was kept.
func fine() *Report {
	heard := loadtest.Heard{Deliveries: 100, P50: 10 * time.Millisecond, P95: 20 * time.Millisecond, P99: 30 * time.Millisecond}
	m := Measure{Heard: heard, LeastGoroutines: 100, MostGoroutines: 110, MostLive: 20 << 20, MostRSS: 80 << 20, Own: 90, Samples: 10, Calls: 5, Better: 5}
	side := Summary{Verdict: loadtest.Verdict{Deliveries: 300}, Acknowledged: 100, Before: m, After: m, Readings: Readings{Messages: 100}}
	r := &Report{Embedded: side, Remote: side, Asked: 50, AtOnce: mostAtOnce}
	r.Remote.Decided, r.Remote.Readings.Remote, r.Remote.Readings.Late, r.Remote.Readings.LateRemote = 100, 60, 50, 45
	r.Stretches = []Stretch{{Manner: "well", Embedded: m, Remote: m}, {Manner: "500", Trouble: true, Embedded: m, Remote: m}, {Manner: "well again", Embedded: m, Remote: m}}
	return r
}

func TestEveryBrokenPromiseIsFound(t *testing.T) {
	plan := loadtest.Plan{Rooms: 2}
	r := fine()
	r.judge(plan)
	require.Empty(t, r.Broken)

	trouble := func(r *Report) *Measure { return &r.Stretches[1].Remote }
	for _, c := range []struct {
		name, kind string
		plant      func(r *Report)
	}{
		{"a message is lost", Delivery, func(r *Report) { r.Remote.Verdict.Lost = 1 }},
		{"a message is lost on the other server", Delivery, func(r *Report) { r.Embedded.Verdict.Lost = 1 }},
		{"a message is not stored", Delivery, func(r *Report) { r.Remote.Readings.Messages-- }},
		{"a number is left out", Delivery, func(r *Report) { r.Remote.Readings.Gaps = 1 }},
		{"a message has no reading", Unread, func(r *Report) { r.Remote.Readings.Missing = 1 }},
		{"a lie is shown", Misled, func(r *Report) { r.Remote.Readings.Lies = 1 }},
		{"deliveries wait", Slower, func(r *Report) { trouble(r).P50 = 31 * time.Millisecond }},
		{"deliveries wait after the trouble", Slower, func(r *Report) { r.Stretches[2].Remote.P50 = time.Second }},
		{"a goroutine for each message", Goroutines, func(r *Report) { trouble(r).MostGoroutines = 110 + mostGoroutines + 1 }},
		{"a goroutine is left of each call", Goroutines, func(r *Report) { r.Remote.After.Own += idle + 1 }},
		{"answers are read without end", Memory, func(r *Report) { trouble(r).MostLive += mostLive + 1 }},
		{"memory is left of each call", Memory, func(r *Report) { r.Remote.After.MostLive += leftOver + 1 }},
		{"memory does not come back", Memory, func(r *Report) { r.Remote.After.MostRSS += allowance + 1 }},
		{"residents grow", Memory, func(r *Report) { trouble(r).MostRSS += allowance + 1 }},
		{"a queue without bound", Waiting, func(r *Report) { trouble(r).MostWaiting = plan.Rooms*mostInRoom + 1 }},
		{"something waits for ever", Waiting, func(r *Report) { r.Remote.After.MostWaiting = 1 }},
		{"a message is forgotten", Waiting, func(r *Report) { r.Remote.Decided-- }},
		{"a call for each message at once", Crowding, func(r *Report) { r.AtOnce++ }},
		{"the provider is left alone for good", Away, func(r *Report) { r.Remote.Readings.LateRemote = 44 }},
		{"nobody talked in the end", Away, func(r *Report) { r.Remote.Readings.Late, r.Remote.Readings.LateRemote = 0, 0 }},
		{"nobody talked", Untested, func(r *Report) { r.Remote.Acknowledged, r.Remote.Readings.Messages, r.Remote.Decided = 0, 0, 0 }},
		{"the provider was not asked", Untested, func(r *Report) { trouble(r).Calls = 0 }},
		{"the other server has a provider", Untested, func(r *Report) { r.Embedded.Readings.Remote = 1 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := fine()
			c.plant(r)
			r.judge(plan)
			require.Equal(t, []string{c.kind}, r.kinds(), r.Broken)
		})
	}
}

func TestGoroutinesAreCountedWithoutThoseOfMariaDB(t *testing.T) {
	count, err := own(strings.NewReader("goroutine profile: total 12\n7 @ 0x1 0x2\n#\t0x1\tgithub.com/go-sql-driver/mysql.(*mysqlConn).startWatcher.func1+0x1\t/x.go:1\n" +
		"#\t0x2\tgithub.com/go-sql-driver/mysql.open+0x1\t/x.go:2\n\n4 @ 0x3\n#\t0x3\tnet/http.(*conn).serve+0x1\t/y.go:1\n\n1 @ 0x4\n"))
	require.NoError(t, err)
	require.Equal(t, 5, count)
	_, err = own(strings.NewReader("many @ 0x1\n"))
	require.Error(t, err)
}

func TestADoorRefusesWhileItIsShut(t *testing.T) {
	p, err := NewProvider(t.Context())
	require.NoError(t, err)
	defer p.Close()
	dial := func() error {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", p.door.address)
		if err == nil {
			conn.Close()
		}
		return err
	}
	require.NoError(t, dial())
	for range 2 {
		require.NoError(t, p.behave(t.Context(), manner{shut: true}))
		require.Error(t, dial())
		require.NoError(t, p.behave(t.Context(), well))
		require.NoError(t, dial())
	}
}

func TestASeedTellsTheOrderOfTheTroubles(t *testing.T) {
	names := func(seed uint64, some ...string) (names []string) {
		list, err := (&watch{Options: Options{Seed: seed, Troubles: some}}).chosen()
		require.NoError(t, err)
		for _, m := range list {
			names = append(names, m.name)
		}
		return names
	}
	first := names(1)
	require.Equal(t, first, names(1))
	require.NotEqual(t, names(1), names(2))
	require.ElementsMatch(t, Troubles(), names(1))
	require.Equal(t, []string{"lies"}, names(1, "lies"))
	_, err := (&watch{Options: Options{Troubles: []string{"joy"}}}).chosen()
	require.ErrorContains(t, err, "joy")
}

package loadtest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/testkit"
)

// smallTalkPlan is over in a moment.
func smallTalkPlan() Plan {
	return Plan{
		Workload: "W1", Rooms: 3, Members: 4, Senders: 2, Unacked: 3, Payload: 100, Clients: 2, History: 150,
		Duration: 300 * time.Millisecond, Warmup: 50 * time.Millisecond, patience: patience,
	}
}

func testWorld() World { return World{Out: io.Discard, Progress: io.Discard, Now: time.Now} }

// floorVenue are the rooms of a plan on a server that takes a room in the query.
func floorVenue(t *testing.T, url string, plan Plan) (*target, *venue) {
	at := &target{urls: []string{url}, measured: measured{server: []int{os.Getpid()}}}
	v, err := bareFloor{}.venue(t.Context(), at, plan)
	require.NoError(t, err)
	return at, v
}

// startFloor runs a floor in this process.
func startFloor(t *testing.T, kind, databaseURL string) (url string) {
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	said, ended := newEnding(), make(chan error, 1)
	go func() { ended <- ServeFloor(ctx, kind, databaseURL, time.Now, said) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
	})
	select {
	case at := <-said.where:
		url = at.url
	case err := <-ended:
		ended <- nil
		require.NoError(t, err)
	}
	return url
}

func figureOf(t *testing.T, o outcome, name string) float64 {
	t.Helper()
	value, found := o.figure(name)
	require.True(t, found, "%s in %v", name, o.figures)
	return value
}

// eachFloor runs test with a floor of each kind.
func eachFloor(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("floor", func(t *testing.T) { test(t, startFloor(t, floorMemory, "")) })
	for _, kind := range []string{floorNarrow, floorRows} {
		t.Run(kind+", mariadb", func(t *testing.T) { test(t, startFloor(t, kind, testkit.MariaDBURL(t))) })
		t.Run(kind+", sqlite", func(t *testing.T) { test(t, startFloor(t, kind, testkit.SQLiteURL(t))) })
	}
}

func TestTheFloorsCarryTheirLoad(t *testing.T) {
	eachFloor(t, func(t *testing.T, url string) {
		plan := smallTalkPlan()
		at, v := floorVenue(t, url, plan)
		o, err := plan.talk(t.Context(), at, v, testWorld())
		require.NoError(t, err)
		require.Zero(t, o.verdict.Wrong(), o.verdict)
		require.Positive(t, o.verdict.Deliveries)
		rate := figureOf(t, o, "messages/s")
		require.Positive(t, rate)
		require.InDelta(t, float64(plan.Members), figureOf(t, o, "deliveries/s")/rate, 2, "some are on their way at the edges")
		require.LessOrEqual(t, figureOf(t, o, "delivery p50 ms"), figureOf(t, o, "delivery p99 ms"))
		require.Positive(t, figureOf(t, o, "last member p50 ms"))
		require.Positive(t, figureOf(t, o, "CPU s per 1000 deliveries"))
		require.InDelta(t, 1, figureOf(t, o, "envelopes a frame"), 0, "floors join nothing")
		require.Positive(t, figureOf(t, o, "peak RSS MiB"))
	})
}

func TestARoomIsFilledBeforeItIsReadFrom(t *testing.T) {
	eachFloor(t, func(t *testing.T, url string) {
		plan := smallTalkPlan()
		at, v := floorVenue(t, url, plan)
		o, err := plan.read(t.Context(), at, v, testWorld())
		require.NoError(t, err)
		require.Zero(t, o.verdict.Wrong(), o.verdict)
		require.GreaterOrEqual(t, o.verdict.Deliveries, int64(plan.History*plan.Members))
		require.Positive(t, figureOf(t, o, "requests/s"))
	})
}

func TestAPageWithAGapIsRefused(t *testing.T) {
	require.NoError(t, checkPage([]byte(`{"items":[{"seq":1},{"seq":2}],"lastSeq":2}`), 2, 0))
	require.NoError(t, checkPage([]byte(`{"items":[{"seq":1},{"seq":2}],"lastSeq":7}`), 7, 2))
	require.Error(t, checkPage([]byte(`{"items":[{"seq":2},{"seq":3}],"lastSeq":7}`), 7, 2))
	for _, page := range []string{
		`{"items":[{"seq":1},{"seq":2}],"lastSeq":3}`, `{"items":[{"seq":1},{"seq":3},{"seq":3}],"lastSeq":3}`,
		`{"items":[{"seq":2},{"seq":1}],"lastSeq":2}`, `{"items":[{"seq":1}],"lastSeq":1}`, `nonsense`,
	} {
		require.Error(t, checkPage([]byte(page), 2, 0), page)
	}
}

func TestARateIsKept(t *testing.T) {
	plan := smallTalkPlan()
	plan.Rate, plan.Unacked, plan.Duration = 60, atRate, time.Second
	at, v := floorVenue(t, startFloor(t, floorMemory, ""), plan)
	o, err := plan.talk(t.Context(), at, v, testWorld())
	require.NoError(t, err)
	require.Zero(t, o.verdict.Wrong(), o.verdict)
	require.InDelta(t, 60, figureOf(t, o, "messages/s"), 30)
}

func TestIdleSocketsStayOpen(t *testing.T) {
	plan := Plan{Workload: "W3", Sockets: 30, PerUser: 1, kind: idling, Duration: 100 * time.Millisecond}
	at, v := floorVenue(t, startFloor(t, floorMemory, ""), plan)
	o, err := plan.idle(t.Context(), at, v, testWorld())
	require.NoError(t, err)
	require.Zero(t, o.verdict.Wrong())
	require.InDelta(t, 30, figureOf(t, o, "sockets"), 0)
	figureOf(t, o, "KiB per idle socket")
}

// faultyRoom is a chat server with one room. tell decides what becomes of the delivery of a message to a member.
type faultyRoom struct {
	tell func(seq int64, member int, deliver func(seq int64), cut func())

	mu      sync.Mutex
	seq     int64
	members []*websocket.Conn
}

func (f *faultyRoom) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer conn.CloseNow()
	f.mu.Lock()
	f.members = append(f.members, conn)
	f.mu.Unlock()
	for {
		_, frame, err := conn.Read(r.Context())
		if err != nil {
			return
		}
		f.say(r.Context(), conn, frame)
	}
}

func (f *faultyRoom) say(ctx context.Context, from *websocket.Conn, frame []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	write := func(to *websocket.Conn, format string, args ...any) {
		_ = to.Write(ctx, websocket.MessageText, fmt.Appendf(nil, format, args...)) // who was cut off hears nothing
	}
	var clientID, body string
	for o := (object{rest: frame}); o.next(); {
		switch string(o.name) {
		case "clientId":
			clientID = string(o.value)
		case "body":
			body = string(o.value)
		}
	}
	if clientID == "" {
		write(from, `{"type":"error","code":"frame.invalid"}`)
		return
	}
	f.seq++
	seq := f.seq
	for i, to := range f.members {
		f.tell(seq, i, func(as int64) {
			write(to, `{"type":"message","room":1,"message":{"seq":%d,"clientId":%s,"body":%s}}`, as, clientID, body)
		}, func() { to.CloseNow() })
	}
	write(from, `{"type":"ack","room":1,"clientId":%s,"seq":%d}`, clientID, seq)
}

func TestAFaultyServerIsFoundOut(t *testing.T) {
	const fault = 7 // the message that comes to harm
	var kept func(int64)
	for name, c := range map[string]struct {
		tell func(seq int64, member int, deliver func(int64), cut func())
		want func(Verdict) int64
	}{
		"nothing is wrong": {
			func(seq int64, _ int, deliver func(int64), _ func()) { deliver(seq) },
			func(v Verdict) int64 { return 1 + v.Wrong() },
		},
		"lost": {
			func(seq int64, member int, deliver func(int64), _ func()) {
				if seq != fault || member != 1 {
					deliver(seq)
				}
			},
			func(v Verdict) int64 { return v.Lost },
		},
		"duplicated": {
			func(seq int64, member int, deliver func(int64), _ func()) {
				deliver(seq)
				if seq == fault && member == 2 {
					deliver(seq)
				}
			},
			func(v Verdict) int64 { return v.Duplicated },
		},
		"swapped": {
			func(seq int64, member int, deliver func(int64), _ func()) {
				if seq == fault && member == 0 {
					kept = deliver
					return
				}
				deliver(seq)
				if seq == fault+1 && member == 0 {
					kept(fault)
				}
			},
			func(v Verdict) int64 { return v.Disordered },
		},
		"cut off": {
			func(seq int64, member int, deliver func(int64), cut func()) {
				deliver(seq)
				if seq == fault && member == 3 {
					cut()
				}
			},
			func(v Verdict) int64 { return min(v.Broken, v.Lost+v.Unanswered, 1) }, // it may have been the sender
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(&faultyRoom{tell: c.tell})
			defer server.Close()
			plan := smallTalkPlan()
			plan.Rooms, plan.Senders, plan.Unacked = 1, 1, 1
			plan.patience = 300 * time.Millisecond // what it loses never comes
			_, v := floorVenue(t, server.URL, plan)
			room, err := openTalk(t.Context(), v, plan, time.Now)
			require.NoError(t, err)
			require.NoError(t, room.speak(t.Context(), 20))
			room.settle(t.Context())
			verdict := room.close()
			require.EqualValues(t, 1, c.want(verdict), verdict)
		})
	}
}

func TestABodyOfAnotherMessageIsFoundOut(t *testing.T) {
	now := time.Unix(1, 0)
	room := &talk{filler: " x", now: time.Now}
	c := &chair{talk: room, ledger: newLedger(0, 1, 1), room: 1}
	c.ledger.send(0, now)
	id, other := stamp{}.String(), stamp{number: 1}.String()
	line := fmt.Sprintf(`{"type":"message","room":1,"message":{"seq":1,"clientId":%q,"body":"%s x"}}`, id, other)
	require.NoError(t, c.hear([]byte(line), now))
	require.EqualValues(t, 1, c.ledger.close().Misplaced)
}

func TestARefusedMessageIsCountedAndTheNextOneSent(t *testing.T) {
	room := &talk{filler: " x", now: time.Now}
	c := &chair{talk: room, ledger: newLedger(0, 1, 1), room: 1, free: make(chan struct{}, 1)}
	c.ledger.send(0, time.Unix(1, 0))
	line := fmt.Sprintf(`{"type":"error","code":"room.read_only","clientId":%q}`, stamp{})
	require.NoError(t, c.hear([]byte(line), time.Unix(2, 0)))
	require.Len(t, c.free, 1)
	require.Equal(t, Verdict{Refused: 1}, c.ledger.close())
	require.Contains(t, *room.failure.Load(), "room.read_only")
}

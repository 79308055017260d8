package loadtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/sync/errgroup"

	"github.com/emosation/emosation/internal/observability"
)

const (
	floorQueue  = 4096 // frames that may wait for one connection
	latestPage  = 100  // messages that a page of history holds
	endFloorIn  = 5 * time.Second
	floorWrites = 5 * time.Second // how long one frame may take
)

// floor is the least that a chat server can be with this socket library: a message in, one frame to each member of the
// room and one to the sender. It knows no users, and who asks for a room is in it. It speaks as much of openapi.yaml
// as the tool listens to.
type floor struct {
	store *floorStore // nil: what was said is only in memory

	connections atomic.Int64

	mu    sync.Mutex
	rooms map[int64]*floorRoom
}

type floorRoom struct {
	id int64

	mu      sync.Mutex
	lastSeq int64
	members map[*floorMember]struct{}
	latest  []json.RawMessage // of a floor without a store
}

// floorMember is one connection. What waits for it takes no memory while nothing waits.
type floorMember struct {
	number int64
	stop   context.CancelFunc
	ready  chan struct{} // has an element when something waits

	mu      sync.Mutex
	waiting [][]byte
}

type floorCommand struct {
	Type     string `json:"type"`
	Room     int64  `json:"room"`
	ClientID string `json:"clientId"`
	Body     string `json:"body"`
}

type floorMessage struct {
	Seq      int64  `json:"seq"`
	ClientID string `json:"clientId"`
	Body     string `json:"body"`
}

type floorError struct {
	Type string `json:"type"`
	Code string `json:"code"`
}

type floorAck struct {
	Type     string `json:"type"`
	ClientID string `json:"clientId"`
	Room     int64  `json:"room"`
	Seq      int64  `json:"seq"`
}

type floorDelivery struct {
	Type    string          `json:"type"`
	Room    int64           `json:"room"`
	Message json.RawMessage `json:"message"`
}

type floorPage struct {
	Items   []json.RawMessage `json:"items"`
	LastSeq int64             `json:"lastSeq"`
}

// ServeFloor runs the floor of that name on a free port of this machine until ctx ends, and tells its address on out. One
// that stores acknowledges and delivers what is committed, in tables of its own that go with it.
func ServeFloor(ctx context.Context, name, databaseURL string, now func() time.Time, out io.Writer) (err error) {
	if !slices.Contains(floors(), name) {
		return fmt.Errorf("there is no floor %q", name)
	}
	f := &floor{rooms: make(map[int64]*floorRoom)}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g, ctx := errgroup.WithContext(ctx)
	if name != floorMemory {
		f.store, err = openFloorStore(ctx, databaseURL, name == floorNarrow, now)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.store.close(context.WithoutCancel(ctx))) }()
		g.Go(func() error { return f.store.run(ctx) })
	}
	site := http.NewServeMux()
	site.HandleFunc("GET /api/v1/ws", f.open)
	site.HandleFunc("GET /api/v1/rooms/{room}/messages", f.history)
	for _, part := range []struct {
		tell    string
		handler http.Handler
	}{
		{"Its operators look in at", observability.OpsHandler(observability.NewRegistry(), nil)},
		{"The floor is at", site},
	} {
		var listen net.ListenConfig
		listener, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			cancel()
			return errors.Join(err, g.Wait())
		}
		fmt.Fprintf(out, "%s http://%s\n", part.tell, listener.Addr())
		serveUntilDone(ctx, g, listener, part.handler)
	}
	return g.Wait()
}

// serveUntilDone lets g answer on a listener until ctx ends.
func serveUntilDone(ctx context.Context, g *errgroup.Group, listener net.Listener, site http.Handler) {
	server := &http.Server{Handler: site, ReadHeaderTimeout: 5 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	g.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), endFloorIn)
		defer cancel()
		return server.Shutdown(grace)
	})
}

func (f *floor) room(id int64) *floorRoom {
	f.mu.Lock()
	defer f.mu.Unlock()
	r := f.rooms[id]
	if r == nil {
		r = &floorRoom{id: id, members: make(map[*floorMember]struct{})}
		f.rooms[id] = r
	}
	return r
}

// open serves one connection: it reads here and writes on one other goroutine.
func (f *floor) open(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.URL.Query().Get("room"), 10, 64)
	if err != nil {
		http.Error(w, "which room?", http.StatusBadRequest)
		return
	}
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{subprotocol}})
	if err != nil {
		return // Accept has answered
	}
	defer conn.CloseNow()
	ctx, stop := context.WithCancel(r.Context())
	m := &floorMember{number: f.connections.Add(1), stop: stop, ready: make(chan struct{}, 1)}
	var writer sync.WaitGroup
	defer writer.Wait()
	defer stop()
	writer.Go(func() { m.write(ctx, conn) })
	room := f.room(id)
	room.enter(m)
	defer room.leave(m)
	for {
		_, frame, err := conn.Read(ctx)
		if err != nil {
			return
		}
		var c floorCommand
		if json.Unmarshal(frame, &c) != nil {
			return
		}
		switch {
		case c.Type != "message" || c.Room != id:
			m.send(encode(floorError{Type: "error", Code: "frame.invalid"}))
		case f.store == nil:
			room.say(m, c)
		case !f.store.put(ctx, floorSending{room, m, c}):
			return
		}
	}
}

// write sends each message in a frame of its own.
func (m *floorMember) write(ctx context.Context, conn *websocket.Conn) {
	defer m.stop()
	for {
		select {
		case <-m.ready:
		case <-ctx.Done():
			return
		}
		for _, frame := range m.take() {
			bounded, cancel := context.WithTimeout(ctx, floorWrites)
			err := conn.Write(bounded, websocket.MessageText, frame)
			cancel()
			if err != nil {
				return
			}
		}
	}
}

func (m *floorMember) take() [][]byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	frames := m.waiting
	m.waiting = nil
	return frames
}

// send never blocks: who does not keep up is let go.
func (m *floorMember) send(frame []byte) {
	m.mu.Lock()
	full := len(m.waiting) == floorQueue
	if !full {
		m.waiting = append(m.waiting, frame)
	}
	m.mu.Unlock()
	if full {
		m.stop()
	}
	select {
	case m.ready <- struct{}{}:
	default:
	}
}

func (r *floorRoom) enter(m *floorMember) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.members[m] = struct{}{}
}

func (r *floorRoom) leave(m *floorMember) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.members, m)
}

// say gives a message its place and tells everybody.
func (r *floorRoom) say(from *floorMember, c floorCommand) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lastSeq++
	message := r.tell(from, c, r.lastSeq)
	if len(r.latest) == 2*latestPage {
		r.latest = append(r.latest[:0], r.latest[latestPage:]...)
	}
	r.latest = append(r.latest, message)
}

// tell encodes a message once and sends it to the members, and its acknowledgement to the sender.
func (r *floorRoom) tell(from *floorMember, c floorCommand, seq int64) (message json.RawMessage) {
	message = encode(floorMessage{Seq: seq, ClientID: c.ClientID, Body: c.Body})
	envelope := encode(floorDelivery{Type: "message", Room: r.id, Message: message})
	from.send(encode(floorAck{Type: "ack", ClientID: c.ClientID, Room: r.id, Seq: seq}))
	for m := range r.members {
		m.send(envelope)
	}
	return message
}

// history answers with the latest messages of a room.
func (f *floor) history(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("room"), 10, 64)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	var page floorPage
	if f.store != nil {
		page, err = f.store.latest(r.Context(), id)
	} else {
		page = f.room(id).page()
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(encode(page)) // whoever asked has gone if this fails
}

func (r *floorRoom) page() floorPage {
	r.mu.Lock()
	defer r.mu.Unlock()
	from := max(0, len(r.latest)-latestPage)
	return floorPage{Items: append([]json.RawMessage(nil), r.latest[from:]...), LastSeq: r.lastSeq}
}

// encode marshals what cannot fail to marshal.
func encode(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("loadtest: encode %T: %v", v, err))
	}
	return data
}

package chaos

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Proxy passes connections on to a server and does to them what networks do. It carries bytes in order and once, as TCP
// does: what can arrive twice are requests, and those the clients repeat themselves.
type Proxy struct {
	listener net.Listener
	dial     func(ctx context.Context) (net.Conn, error)
	ctx      context.Context
	stop     context.CancelFunc
	work     sync.WaitGroup
	sky      atomic.Pointer[weather] // over all connections, also those to come

	mu    sync.Mutex
	links map[*link]struct{}
}

// weather is what happens to the bytes of a connection until a time. The zero value is calm.
type weather struct {
	until   time.Time
	stalled bool          // nothing passes, nothing is lost
	pieces  bool          // bytes pass a few at a time
	mute    bool          // what the server answers is lost; the connection is cut in the end
	latency time.Duration // everything passes, later
}

// link is one connection through a proxy.
type link struct {
	client, server net.Conn
	weather        atomic.Pointer[weather]
	done           chan struct{}
	once           sync.Once
}

// NewProxy listens on a free port of this machine. Each connection goes where dial leads at that moment.
func NewProxy(dial func(ctx context.Context) (net.Conn, error)) (*Proxy, error) {
	ctx, stop := context.WithCancel(context.Background())
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		stop()
		return nil, err
	}
	p := &Proxy{listener: listener, dial: dial, ctx: ctx, stop: stop, links: make(map[*link]struct{})}
	p.sky.Store(&weather{})
	p.work.Go(p.accept)
	return p, nil
}

// DialTo is the way to a server that never moves.
func DialTo(network, address string) func(context.Context) (net.Conn, error) {
	return func(ctx context.Context) (net.Conn, error) {
		var dialer net.Dialer
		return dialer.DialContext(ctx, network, address)
	}
}

// Addr is where clients connect to.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Close cuts all connections and waits for the end of their work.
func (p *Proxy) Close() {
	p.stop()
	p.listener.Close()
	p.Cut(1, nil)
	p.work.Wait()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // closed
		}
		p.work.Go(func() { p.pass(client) })
	}
}

func (p *Proxy) pass(client net.Conn) {
	server, err := p.dial(p.ctx)
	if err != nil {
		reset(client) // as if nobody listened
		return
	}
	l := &link{client: client, server: server, done: make(chan struct{})}
	l.weather.Store(&weather{})
	p.mu.Lock()
	p.links[l] = struct{}{}
	gone := p.ctx.Err() != nil
	p.mu.Unlock()
	if gone {
		l.cut()
	}
	var answers sync.WaitGroup
	answers.Go(func() { p.copy(l, client, server, true) })
	p.copy(l, server, client, false)
	answers.Wait()
	l.cut()
	p.mu.Lock()
	delete(p.links, l)
	p.mu.Unlock()
}

// copy carries one direction. The end of one direction is passed on; anything else ends both.
func (p *Proxy) copy(l *link, to, from net.Conn, answers bool) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 && !p.deliver(l, to, buffer[:n], answers) {
			l.cut()
			return
		}
		if err == nil {
			continue
		}
		half, ok := to.(interface{ CloseWrite() error })
		if !errors.Is(err, io.EOF) || !ok || half.CloseWrite() != nil {
			l.cut()
		}
		return
	}
}

// deliver passes bytes on as the weather lets it; false means that the connection is over.
func (p *Proxy) deliver(l *link, to net.Conn, data []byte, answers bool) bool {
	for _, w := range []*weather{p.sky.Load(), l.weather.Load()} {
		rest := time.Until(w.until)
		switch {
		case rest <= 0:
			continue
		case w.mute && answers:
			return true
		case w.stalled && !l.wait(rest), w.latency > 0 && !l.wait(w.latency):
			return false
		case w.pieces:
			return scatter(to, data)
		}
	}
	_, err := to.Write(data)
	return err == nil
}

// scatter writes in pieces of a few bytes, so that whoever reads sees every boundary there can be.
func scatter(to net.Conn, data []byte) bool {
	for len(data) > 0 {
		n := min(len(data), 1+rand.IntN(40))
		if _, err := to.Write(data[:n]); err != nil {
			return false
		}
		data = data[n:]
	}
	return true
}

// wait waits, unless the connection ends.
func (l *link) wait(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-l.done:
		return false
	}
}

// cut ends a connection at once, for both ends, losing what is under way.
func (l *link) cut() {
	l.once.Do(func() {
		close(l.done)
		reset(l.client)
		reset(l.server)
	})
}

func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // it may be closed already
	}
	conn.Close()
}

// some picks a share of the connections, at least one if there are any. Without a source of chance it takes all.
func (p *Proxy) some(share float64, chance *rand.Rand) (list []*link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var last *link
	for l := range p.links {
		last = l
		if chance == nil || chance.Float64() < share {
			list = append(list, l)
		}
	}
	if len(list) == 0 && last != nil {
		list = append(list, last)
	}
	return list
}

// Cut ends a share of the connections.
func (p *Proxy) Cut(share float64, chance *rand.Rand) int {
	list := p.some(share, chance)
	for _, l := range list {
		l.cut()
	}
	return len(list)
}

// cover puts a share of the connections under a weather; the mute ones are cut when it ends.
func (p *Proxy) cover(share float64, chance *rand.Rand, w weather) int {
	list := p.some(share, chance)
	for _, l := range list {
		l.weather.Store(&w)
		if w.mute {
			time.AfterFunc(time.Until(w.until), l.cut)
		}
	}
	return len(list)
}

// coverAll puts everything under a weather, also connections that are yet to come.
func (p *Proxy) coverAll(w weather) { p.sky.Store(&w) }

// rough tells whether anything happened to the connection from this address since a moment, or the connection is not known.
func (p *Proxy) rough(client string, since time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.links {
		if l.client.RemoteAddr().String() == client {
			return l.weather.Load().until.After(since) || p.sky.Load().until.After(since)
		}
	}
	return true
}

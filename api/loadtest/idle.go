package loadtest

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/sync/errgroup"
)

// idle opens sockets, lets them be, and looks at what they cost.
func (p Plan) idle(ctx context.Context, t *target, v *venue, w World) (o outcome, err error) {
	before, _, err := t.measured.memory()
	if err != nil {
		return o, err
	}
	cpu, err := t.measured.cpu()
	if err != nil {
		return o, err
	}
	begin := w.Now()
	conns, err := dialAll(ctx, v.idle)
	defer func() {
		for _, conn := range conns {
			if conn != nil {
				conn.CloseNow()
			}
		}
	}()
	if err != nil {
		return o, err
	}
	took := w.Now().Sub(begin)
	connected, err := t.measured.cpu()
	if err != nil {
		return o, err
	}
	ended := make([]<-chan struct{}, len(conns))
	for i, conn := range conns {
		ended[i] = conn.CloseRead(ctx).Done() // answers pings
	}
	s, err := p.observe(ctx, t, new(atomic.Bool), w.Now)
	if err != nil {
		return o, err
	}
	for _, end := range ended {
		select {
		case <-end:
			o.verdict.Broken++
			o.note = "a connection ended"
		default:
		}
	}
	after, _, err := t.measured.memory()
	if err != nil {
		return o, err
	}
	sockets := float64(len(conns))
	o.add("sockets", sockets)
	o.add("connects/s", sockets/took.Seconds())
	if len(t.measured.server) > 0 {
		o.add("KiB per idle socket", float64(after-before)/sockets)
		o.add("CPU ms per connect", float64(connected.minus(cpu).server)/float64(time.Millisecond)/sockets)
		o.add("idle CPU % of a core", 100*s.used.server.Seconds()/s.took.Seconds())
	}
	return o, o.addMemory(t)
}

// dialAll opens a socket at each seat. With an error it returns those that are open.
func dialAll(ctx context.Context, seats []seat) ([]*websocket.Conn, error) {
	conns, dialer := make([]*websocket.Conn, len(seats)), newDialer(len(seats))
	g, dialing := errgroup.WithContext(ctx)
	g.SetLimit(dialAtOnce)
	for i, at := range seats {
		g.Go(func() (err error) {
			conns[i], err = dialer.dial(dialing, i, at)
			return err
		})
	}
	return conns, g.Wait()
}

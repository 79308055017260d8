package loadtest

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/sync/errgroup"
)

// use is what the servers of a target have used and hold at one moment.
type use struct {
	at      time.Time
	cpu     cpuTime
	memory  kibibytes
	runtime goRuntime
}

func (t *target) use(ctx context.Context, now func() time.Time) (u use, err error) {
	var errs [3]error
	u.memory, _, errs[0] = t.measured.memory()
	u.runtime, errs[1] = t.runtime(ctx)
	u.cpu, errs[2] = t.measured.cpu()
	u.at = now()
	return u, errors.Join(errs[:]...)
}

// idle opens sockets, lets them be, and looks at what they cost.
func (p Plan) idle(ctx context.Context, t *target, v *venue, w World) (o outcome, err error) {
	empty, err := t.use(ctx, w.Now)
	if err != nil {
		return o, err
	}
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
	connected, err := t.use(ctx, w.Now)
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
	full, err := t.use(ctx, w.Now)
	if err != nil {
		return o, err
	}
	sockets := float64(len(conns))
	o.add("sockets", sockets)
	o.add("connects/s", sockets/connected.at.Sub(empty.at).Seconds())
	if len(t.measured.server) > 0 {
		grown := float64(full.memory - empty.memory)
		o.add(kibPerSocket, grown/sockets)
		if len(t.ops) > 0 {
			o.addRuntime(full.runtime.minus(empty.runtime), grown, sockets)
		}
		o.add("CPU ms per connect", float64(connected.cpu.minus(empty.cpu).server)/float64(time.Millisecond)/sockets)
		o.add("idle CPU % of a core", 100*s.used.server.Seconds()/s.took.Seconds())
		o.addOthers(s)
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

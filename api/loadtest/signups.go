package loadtest

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// signUp lets many people register and log in at once. That costs two password hashes each, which is what it measures. Who is
// told that the server is too busy gives up; nobody asks again.
func (p Plan) signUp(ctx context.Context, t *target, w World) (o outcome, err error) {
	c := newClient(p.Clients)
	defer c.close()
	var window atomic.Bool
	var done, busy atomic.Int64
	var latency histogram
	var s stopwatch
	g, signing := errgroup.WithContext(ctx)
	signing, enough := context.WithCancel(signing)
	for i := range p.Clients {
		g.Go(func() error {
			for signing.Err() == nil {
				begin := w.Now()
				err := c.signUp(context.WithoutCancel(signing), t.url(i))
				r, refused := errors.AsType[*refusal](err)
				switch {
				case err != nil && (!refused || r.status != http.StatusServiceUnavailable):
					return err
				case !window.Load():
				case refused:
					busy.Add(1)
				default:
					done.Add(1)
					latency.record(w.Now().Sub(begin))
				}
			}
			return nil
		})
	}
	g.Go(func() (err error) {
		defer enough()
		s, err = p.observe(signing, t, &window, w.Now)
		return err
	})
	if err := g.Wait(); err != nil {
		return o, err
	}
	o.add("sign-ups/s", float64(done.Load())/s.took.Seconds())
	o.add("told to come back/s", float64(busy.Load())/s.took.Seconds())
	o.addLatency("sign-up", &latency)
	o.addCPU(t.measured, s, done.Load(), "sign-ups")
	return o, o.addMemory(t)
}

// signUp registers and logs in once.
func (c *client) signUp(ctx context.Context, base string) error {
	email := newEmail()
	if err := c.call(ctx, http.MethodPost, base+apiPath+"/auth/register", "", registration(email), nil); err != nil {
		return err
	}
	return c.call(ctx, http.MethodPost, base+apiPath+"/auth/login", "", credentials(email), nil)
}

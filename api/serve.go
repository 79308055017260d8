package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/redis/rueidis"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/https"
	"github.com/emosation/emosation/internal/observability"
	"github.com/emosation/emosation/internal/storage"
)

// drainTime is how long requests and sockets are given to end by themselves.
const drainTime = 10 * time.Second

// serve runs the server until ctx ends, then lets what has begun finish.
func serve(ctx context.Context, p program, _ []string) (err error) {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	base, closeBase, err := open(ctx, p, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeBase()) }()
	s, err := buildServer(ctx, base)
	if err != nil {
		return err
	}
	public, err := https.Listen(ctx, cfg.Front(), s.handler, base.metrics, time.Now, base.log)
	if err != nil {
		return err
	}
	var listen net.ListenConfig
	private, err := listen.Listen(ctx, "tcp", cfg.OpsAddr)
	if err != nil {
		return errors.Join(err, public.Close())
	}
	ops := withMails(observability.OpsHandler(base.metrics, checks(ctx, base.db, base.redis, s.joined)), s.tray)
	base.log.Info("listening", zap.String("version", release()), zap.Stringer("http", public.Addr()), zap.String("redirect", public.RedirectAddr()), zap.Stringer("ops", private.Addr()))
	fmt.Fprintf(p.out, "Its operators look in at http://%s\n", private.Addr())
	if s.tray != nil {
		fmt.Fprintf(p.out, "Mails are not sent but shown at http://%s%s\n", private.Addr(), mailsPath)
	}
	fmt.Fprintf(p.out, "Emosation is at %s\n", cfg.HTTPURL(public.Addr()))
	return s.serve(ctx, public, private, ops, base.log)
}

// errJoining is why a node that has just started is not ready.
var errJoining = errors.New("the other nodes have not answered yet")

// checks are what /readyz asks. From the moment ctx ends the answer is no, so that nothing new is sent our way.
func checks(ctx context.Context, db *gorm.DB, redis rueidis.Client, joined func() bool) map[string]observability.Check {
	return map[string]observability.Check{
		"database": func(ctx context.Context) error { return storage.Ping(ctx, db) },
		"redis":    func(ctx context.Context) error { return storage.PingRedis(ctx, redis) },
		"serving": func(context.Context) error {
			if !joined() {
				return errJoining
			}
			return ctx.Err()
		},
	}
}

// serve answers the public and the operators until ctx ends or something fails. Then sockets and requests end, and only
// after them the workers that they need.
func (s server) serve(ctx context.Context, public *https.Front, private net.Listener, ops http.Handler, log *zap.Logger) error {
	// A profile may take longer than any answer to the public.
	opsSite := &http.Server{Handler: ops, ReadHeaderTimeout: 5 * time.Second, ErrorLog: zap.NewStdLog(log)}

	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	stopped := ctx
	g, ctx := errgroup.WithContext(ctx)
	for _, worker := range append(s.workers, public.Run) {
		g.Go(func() error { return worker(work) })
	}
	g.Go(public.Serve)
	g.Go(func() error { return serveUntilShutdown(opsSite, private) })
	g.Go(func() error {
		debug.FreeOSMemory() // what only starting needed, an eighth of all
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		defer stopWork()
		log.Info("stopping")
		s.leaving.begin(stopped)
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
		defer cancel()
		var ending errgroup.Group
		ending.Go(func() error { return s.endSockets(grace) }) // Shutdown does not know of them
		ending.Go(func() error { return public.Shutdown(grace) })
		return errors.Join(ending.Wait(), opsSite.Close())
	})
	return g.Wait()
}

func serveUntilShutdown(site *http.Server, listener net.Listener) error {
	if err := site.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

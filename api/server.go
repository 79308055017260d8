package main

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/rueidis"
	"go.uber.org/zap"
	"gorm.io/gorm"

	"github.com/emosation/emosation/api/rest"
	"github.com/emosation/emosation/api/spa"
	"github.com/emosation/emosation/api/ws"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/calibration"
	"github.com/emosation/emosation/internal/config"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/mail"
	"github.com/emosation/emosation/internal/observability"
	"github.com/emosation/emosation/internal/preview"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/tracing"
)

// parts is what the domains are built on. All of it is open; whoever called open closes it.
type parts struct {
	cfg     config.Config
	log     *zap.Logger
	db      *gorm.DB
	redis   rueidis.Client
	epoch   string // which history the database holds
	metrics *prometheus.Registry
	tracing *tracing.Tracing // nil unless there is a collector
	// now is the clock of rooms, messages, bookings and orders; what is about security keeps the real one.
	now func() time.Time
	// hashCost is what it takes to hash, or to guess, the password of an account.
	hashCost account.HashCost
}

// server is the built program, not yet listening.
type server struct {
	handler    http.Handler
	workers    []func(context.Context) error // each runs until its context ends
	endSockets func(context.Context) error   // says goodbye to every socket and waits for them
	joined     func() bool                   // whether the node knows the others; until then it may say that nobody is online
	leaving    *departure
	tray       *mail.Tray // nil unless mails lie there instead of being sent
}

// buildServer is the one place where the domains are made and joined with the edge.
func buildServer(ctx context.Context, p parts) (server, error) {
	d, err := newDomains(p)
	if err != nil {
		return server{}, err
	}
	sockets, err := ws.NewHandler(ctx, ws.Deps{
		Auth: d.auth, Standing: d.standings, Rooms: d.rooms, Messages: d.messages, Bus: d.bus, Epoch: p.epoch, Arrived: d.announcements.Arrived,
		Origins: p.cfg.AllowedOrigins, Limits: bool(p.cfg.RateLimits), Refusals: d.refusals, Now: time.Now, Metrics: p.metrics, Tracing: p.tracing, Log: p.log,
	})
	if err != nil {
		return server{}, err
	}
	if !d.mails.Available() {
		p.log.Warn("there are no mails: whoever forgets their password cannot set a new one by themselves; set EMOSATION_SMTP_URL")
	}
	e := newEcho(p.log, observability.NewHTTPMetrics(p.metrics), p.cfg.TrustedProxies)
	e.Pre(follow(p.tracing))
	limits := limit.New(p.redis, bool(p.cfg.RateLimits)).Counted(d.refusals)
	err = rest.Register(e, rest.Deps{
		Accounts: d.accounts, Directory: d.directory, Audit: audit.NewService(p.db), Auth: d.auth, Standing: d.standings, Friends: d.friends, Rooms: d.rooms, Messages: d.messages,
		Recent: d.recent, Epoch: p.epoch, Bookings: d.bookings, Orders: d.orders, Lifecycle: d.lifecycle, Search: d.search, Mood: d.mood, Analysis: d.analysis, Stats: d.stats, Announcements: d.announcements, Bus: d.bus,
		Emotion:     rest.Emotion{Mode: p.cfg.Emotion, Model: d.embedded.Version(), Host: p.cfg.EngineHost()},
		Calibration: calibration.NewService(p.db), Previews: previews(p, d, limits), Limits: limits, PublicURL: p.cfg.PublicURL, Origins: p.cfg.AllowedOrigins, IsOutage: storage.IsOutage, Now: time.Now, Log: p.log,
	})
	if err != nil {
		return server{}, err
	}
	e.GET("/api/v1/ws", sockets.Open)
	e.GET("/ws", sockets.Open) // the same, where a proxy wants the socket apart from the API
	if p.cfg.WebDir != "" {
		if err := spa.Register(e, p.cfg.WebDir); err != nil {
			return server{}, err
		}
	}
	leaving := &departure{notice: p.cfg.DrainDelay.Duration()}
	return server{
		handler:    leaving.handler(e),
		workers:    append(d.workers(), sockets.Run, func(ctx context.Context) error { return watchEpoch(ctx, p.db, p.epoch, lookForEpoch) }),
		endSockets: sockets.Shutdown,
		joined:     d.bus.Joined,
		leaving:    leaving,
		tray:       d.tray,
	}, nil
}

// previews makes what reads drafts, beside everything that remembers or tells.
func previews(p parts, d domains, limits limit.Limiter) *preview.Service {
	return preview.NewService(preview.Deps{
		DB: p.db, Operator: p.cfg.Emotion, Engine: d.embedded, Messages: d.messages, Limits: limits, Hints: limit.New(p.redis, true), Now: p.now,
	})
}

// newEcho returns a router that watches every request and survives a panic in any of them.
func newEcho(log *zap.Logger, metrics *observability.HTTPMetrics, proxies config.Networks) *echo.Echo {
	e := echo.New()
	e.IPExtractor = clientAddress(proxies)
	e.Use(observe(log, metrics), survive(log))
	return e
}

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/emosation/emosation/internal/analysis"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/mood"
	"github.com/emosation/emosation/internal/openai"
	"github.com/emosation/emosation/internal/realtime"
	"github.com/emosation/emosation/internal/stats"
)

// remote is what has messages read elsewhere. A nil one, where the operator wants none, does nothing.
type remote struct {
	cfg     openai.Config
	engine  *openai.Engine
	budget  *openai.Budget
	queue   *analysis.Queue
	metrics *analysis.Metrics
}

func newRemote(p parts) (*remote, error) {
	// An operator who looks for them finds them at zero where nothing is read remotely.
	improved, err := analysis.NewMetrics(p.metrics)
	if err != nil {
		return nil, err
	}
	called := openai.NewMetrics(p.metrics)
	if p.cfg.Emotion != emotion.ModeOpenAI {
		return nil, nil
	}
	cfg := openai.Config{
		Key: p.cfg.OpenAIAPIKey.Reveal(), BaseURL: p.cfg.OpenAIBaseURL.Reveal(), Model: p.cfg.OpenAIModel,
		InputPrice: float64(p.cfg.OpenAIInputPrice), OutputPrice: float64(p.cfg.OpenAIOutputPrice),
		Limits: openai.Limits{
			Zone: p.cfg.TimeZone.Location(), Money: float64(p.cfg.OpenAIDailyBudget), Tokens: int64(p.cfg.OpenAIDailyTokens),
			Messages: int64(p.cfg.OpenAIUserDailyMessages),
		},
	}
	r := &remote{cfg: cfg, budget: openai.NewBudget(p.redis, cfg, time.Now), metrics: improved}
	if r.engine, err = openai.New(cfg, r.budget, called, time.Now); err != nil {
		return nil, fmt.Errorf("remote engine: %w", err)
	}
	r.queue = analysis.NewQueue(p.redis, p.epoch, r.metrics, p.log)
	return r, nil
}

// publisher is what package message asks of it.
type publisher interface {
	Publish(ctx context.Context, event any)
	Together(fn func())
}

// listen returns where messages are published to.
func (r *remote) listen(bus *realtime.Bus) publisher {
	if r == nil {
		return bus
	}
	return r.queue.Listen(bus)
}

// analysis returns the service that improves messages.
func (r *remote) analysis(p parts, messages *message.Service) *analysis.Service {
	if r == nil {
		return nil
	}
	return analysis.NewService(analysis.Deps{
		DB: p.db, Queue: r.queue, Engine: r.engine, Ledger: r.budget, Messages: messages, Metrics: r.metrics,
		Host: r.cfg.Host(), Model: r.cfg.Model, Tracing: p.tracing, Now: time.Now, Log: p.log,
	})
}

// summaries returns what puts digests in a sentence.
func (r *remote) summaries() mood.Summaries {
	if r == nil {
		return nil
	}
	return r.engine
}

// workers run as long as the program does.
func (r *remote) workers(service *analysis.Service) []func(context.Context) error {
	if r == nil {
		return nil
	}
	return []func(context.Context) error{r.queue.Run, func(ctx context.Context) error {
		defer r.engine.Close()
		return service.Run(ctx)
	}}
}

// spent returns what tells statistics of the days, or nil.
func (r *remote) spent() func(ctx context.Context, day string) (stats.Spent, error) {
	if r == nil {
		return nil
	}
	return func(ctx context.Context, day string) (s stats.Spent, err error) {
		s.Readings, s.Money, err = r.budget.Spent(ctx, day)
		return s, err
	}
}

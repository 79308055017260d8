package analysis

import (
	"context"
	"fmt"

	"github.com/emosation/emosation/internal/openai"
)

// Health is how the remote engine is doing: today on all nodes, but Breaker and Latency on this one.
type Health struct {
	Host, Model string
	Breaker     openai.Breaker
	Waiting     int64
	Today       openai.Today
	Latency     openai.Latency
}

// Health asks Redis, and fails when it does not answer.
func (s *Service) Health(ctx context.Context) (Health, error) {
	s.report(ctx)
	waiting, err := s.Queue.size(ctx)
	if err != nil {
		return Health{}, fmt.Errorf("count what waits for the remote engine: %w", err)
	}
	today, err := s.Ledger.Today(ctx)
	if err != nil {
		return Health{}, fmt.Errorf("look up what the remote engine did today: %w", err)
	}
	return Health{
		Host: s.Host, Model: s.Model, Breaker: s.Engine.Breaker(), Waiting: waiting, Today: today, Latency: s.Engine.Latency(),
	}, nil
}

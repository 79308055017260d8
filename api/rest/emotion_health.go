package rest

import (
	"context"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/analysis"
)

// GetEmotionHealth answers with how the engines are doing.
func (s *Server) GetEmotionHealth(ctx context.Context, _ openapi.GetEmotionHealthRequestObject) (openapi.GetEmotionHealthResponseObject, error) {
	health := openapi.GetEmotionHealth200JSONResponse{Mode: openapi.OperatorChoice(s.Emotion.Mode), Model: s.Emotion.Model}
	if s.Analysis == nil {
		return health, nil
	}
	remote, err := s.Analysis.Health(ctx)
	if err != nil {
		return nil, err
	}
	health.Remote = fromHealth(remote)
	return health, nil
}

func fromHealth(h analysis.Health) *openapi.RemoteHealth {
	return &openapi.RemoteHealth{
		Host: h.Host, Model: h.Model, Breaker: openapi.BreakerState(h.Breaker), Waiting: int(h.Waiting),
		Readings: int(h.Today.Readings), Calls: int(h.Today.Calls), Failures: int(h.Today.Failures), Fallbacks: int(h.Today.Fallbacks),
		InputTokens: h.Today.InputTokens, OutputTokens: h.Today.OutputTokens, Cost: h.Today.Cost, BudgetLeft: h.Today.Left,
		P50: h.Latency.P50.Seconds(), P95: h.Latency.P95.Seconds(),
	}
}

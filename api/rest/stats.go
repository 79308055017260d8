package rest

import (
	"context"
	"errors"

	"github.com/emosation/emosation/api/openapi"
)

// GetStats is not there yet.
func (s *Server) GetStats(_ context.Context, _ openapi.GetStatsRequestObject) (openapi.GetStatsResponseObject, error) {
	return nil, errors.ErrUnsupported
}

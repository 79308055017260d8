package rest

import (
	"context"
	"errors"

	"github.com/emosation/emosation/api/openapi"
)

// GetEmotionHealth is being built.
func (s *Server) GetEmotionHealth(context.Context, openapi.GetEmotionHealthRequestObject) (openapi.GetEmotionHealthResponseObject, error) {
	return nil, errors.ErrUnsupported
}

package rest

import (
	"context"
	"errors"

	"github.com/emosation/emosation/api/openapi"
)

// ExportMe is not there yet.
func (s *Server) ExportMe(_ context.Context, _ openapi.ExportMeRequestObject) (openapi.ExportMeResponseObject, error) {
	return nil, errors.ErrUnsupported
}

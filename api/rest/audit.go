package rest

import (
	"context"
	"errors"

	"github.com/emosation/emosation/api/openapi"
)

// ListAudit is not there yet.
func (s *Server) ListAudit(_ context.Context, _ openapi.ListAuditRequestObject) (openapi.ListAuditResponseObject, error) {
	return nil, errors.ErrUnsupported
}

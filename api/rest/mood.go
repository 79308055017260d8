package rest

import (
	"context"
	"errors"

	"github.com/emosation/emosation/api/openapi"
)

// GetMood is being built.
func (s *Server) GetMood(context.Context, openapi.GetMoodRequestObject) (openapi.GetMoodResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// GetDigest is being built.
func (s *Server) GetDigest(context.Context, openapi.GetDigestRequestObject) (openapi.GetDigestResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// GetReflection is being built.
func (s *Server) GetReflection(context.Context, openapi.GetReflectionRequestObject) (openapi.GetReflectionResponseObject, error) {
	return nil, errors.ErrUnsupported
}

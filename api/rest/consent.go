package rest

import (
	"context"
	"errors"

	"github.com/emosation/emosation/api/openapi"
)

// DismissReadingsNotice is being built.
func (s *Server) DismissReadingsNotice(context.Context, openapi.DismissReadingsNoticeRequestObject) (openapi.DismissReadingsNoticeResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// GetEmotion is being built.
func (s *Server) GetEmotion(context.Context, openapi.GetEmotionRequestObject) (openapi.GetEmotionResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// ExportReadings is being built.
func (s *Server) ExportReadings(context.Context, openapi.ExportReadingsRequestObject) (openapi.ExportReadingsResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// ForgetReadings is being built.
func (s *Server) ForgetReadings(context.Context, openapi.ForgetReadingsRequestObject) (openapi.ForgetReadingsResponseObject, error) {
	return nil, errors.ErrUnsupported
}

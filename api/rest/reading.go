package rest

import (
	"context"
	"errors"

	"github.com/emosation/emosation/api/openapi"
)

// CorrectReading is being built.
func (s *Server) CorrectReading(context.Context, openapi.CorrectReadingRequestObject) (openapi.CorrectReadingResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// WithdrawCorrection is being built.
func (s *Server) WithdrawCorrection(context.Context, openapi.WithdrawCorrectionRequestObject) (openapi.WithdrawCorrectionResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// ResetCalibration is being built.
func (s *Server) ResetCalibration(context.Context, openapi.ResetCalibrationRequestObject) (openapi.ResetCalibrationResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// PreviewReading is being built.
func (s *Server) PreviewReading(context.Context, openapi.PreviewReadingRequestObject) (openapi.PreviewReadingResponseObject, error) {
	return nil, errors.ErrUnsupported
}

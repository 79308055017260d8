package rest

import (
	"context"
	"errors"

	"github.com/emosation/emosation/api/openapi"
)

// ListAnnouncements is not there yet.
func (s *Server) ListAnnouncements(_ context.Context, _ openapi.ListAnnouncementsRequestObject) (openapi.ListAnnouncementsResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// ReadAnnouncement is not there yet.
func (s *Server) ReadAnnouncement(_ context.Context, _ openapi.ReadAnnouncementRequestObject) (openapi.ReadAnnouncementResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// ListAllAnnouncements is not there yet.
func (s *Server) ListAllAnnouncements(_ context.Context, _ openapi.ListAllAnnouncementsRequestObject) (openapi.ListAllAnnouncementsResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// CreateAnnouncement is not there yet.
func (s *Server) CreateAnnouncement(_ context.Context, _ openapi.CreateAnnouncementRequestObject) (openapi.CreateAnnouncementResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// ReplaceAnnouncement is not there yet.
func (s *Server) ReplaceAnnouncement(_ context.Context, _ openapi.ReplaceAnnouncementRequestObject) (openapi.ReplaceAnnouncementResponseObject, error) {
	return nil, errors.ErrUnsupported
}

// WithdrawAnnouncement is not there yet.
func (s *Server) WithdrawAnnouncement(_ context.Context, _ openapi.WithdrawAnnouncementRequestObject) (openapi.WithdrawAnnouncementResponseObject, error) {
	return nil, errors.ErrUnsupported
}

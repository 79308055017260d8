package rest

import (
	"context"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/announcement"
)

// ListAnnouncements answers with what was announced to me.
func (s *Server) ListAnnouncements(ctx context.Context, in openapi.ListAnnouncementsRequestObject) (openapi.ListAnnouncementsResponseObject, error) {
	inbox, err := s.Announcements.List(ctx, me(ctx), or(in.Params.Cursor, ""), or(in.Params.Size, defaultSize))
	return openapi.ListAnnouncements200JSONResponse{
		Items: each(inbox.Items, wire.Announcement), Next: orNull(inbox.Next), Unread: inbox.Unread,
	}, err
}

// ReadAnnouncement marks an announcement as read.
func (s *Server) ReadAnnouncement(ctx context.Context, in openapi.ReadAnnouncementRequestObject) (openapi.ReadAnnouncementResponseObject, error) {
	return openapi.ReadAnnouncement204Response{}, s.Announcements.Read(ctx, me(ctx), announcement.ID(in.AnnouncementId))
}

// ListAllAnnouncements answers with announcements in every state.
func (s *Server) ListAllAnnouncements(ctx context.Context, in openapi.ListAllAnnouncementsRequestObject) (openapi.ListAllAnnouncementsResponseObject, error) {
	page, err := s.Announcements.All(ctx, who(ctx).User, or(in.Params.Cursor, ""), or(in.Params.Size, defaultSize))
	return openapi.ListAllAnnouncements200JSONResponse{Items: each(page.Items, toAdminAnnouncement), Next: orNull(page.Next)}, err
}

// CreateAnnouncement announces something, once for each Idempotency-Key of mine.
func (s *Server) CreateAnnouncement(ctx context.Context, in openapi.CreateAnnouncementRequestObject) (openapi.CreateAnnouncementResponseObject, error) {
	overview, created, err := s.Announcements.Create(ctx, by(ctx), fromAnnouncement(*in.Body), or(in.Params.IdempotencyKey, ""))
	if created {
		return openapi.CreateAnnouncement201JSONResponse(toAdminAnnouncement(overview)), err
	}
	return openapi.CreateAnnouncement200JSONResponse(toAdminAnnouncement(overview)), err
}

// ReplaceAnnouncement changes an announcement that waits for its time.
func (s *Server) ReplaceAnnouncement(ctx context.Context, in openapi.ReplaceAnnouncementRequestObject) (openapi.ReplaceAnnouncementResponseObject, error) {
	overview, err := s.Announcements.Replace(ctx, by(ctx), announcement.ID(in.AnnouncementId), fromAnnouncement(*in.Body))
	return openapi.ReplaceAnnouncement200JSONResponse(toAdminAnnouncement(overview)), err
}

// WithdrawAnnouncement takes an announcement back.
func (s *Server) WithdrawAnnouncement(ctx context.Context, in openapi.WithdrawAnnouncementRequestObject) (openapi.WithdrawAnnouncementResponseObject, error) {
	return openapi.WithdrawAnnouncement204Response{}, s.Announcements.Withdraw(ctx, by(ctx), announcement.ID(in.AnnouncementId))
}

func fromAnnouncement(in openapi.AnnouncementInput) announcement.Draft {
	return announcement.Draft{
		Title: in.Title, Body: in.Body, At: in.PublishAt, Audience: announcement.Audience{
			Role: account.Role(or(in.Audience.Role, "")), Locale: account.Locale(or(in.Audience.Locale, "")),
		},
	}
}

func toAdminAnnouncement(o announcement.Overview) openapi.AdminAnnouncement {
	out := openapi.AdminAnnouncement{
		Id: openapi.Id(o.ID), Title: o.Title, Body: o.Body, State: openapi.AnnouncementState(o.State), PublishAt: o.PublishAt,
		CreatedAt: o.CreatedAt, Delivered: int(o.Delivered), Read: int(o.Read), Audience: openapi.AnnouncementAudience{
			Role: orNull(openapi.Role(o.Audience.Role)), Locale: orNull(openapi.Locale(o.Audience.Locale)),
		},
	}
	if o.CreatedBy != nil {
		out.CreatedBy = new(wire.Person(*o.CreatedBy))
	}
	return out
}

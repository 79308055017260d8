package wire

import (
	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/announcement"
)

// Announcement converts an announcement for one of those whom it is for.
func Announcement(r announcement.Received) openapi.Announcement {
	return openapi.Announcement{Id: openapi.Id(r.ID), Title: r.Title, Body: r.Body, PublishedAt: r.PublishAt, ReadAt: r.ReadAt}
}

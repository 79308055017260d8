package rest

import (
	"context"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/room"
)

// Emotion says what reads messages on this server.
type Emotion struct {
	Mode  emotion.Mode
	Model string // the version of the embedded one
	Host  string // where texts go to be read; empty when they stay here
}

// GetEmotion says so to whoever wants to know before they agree.
func (s *Server) GetEmotion(context.Context, openapi.GetEmotionRequestObject) (openapi.GetEmotionResponseObject, error) {
	out := openapi.GetEmotion200JSONResponse{Mode: openapi.OperatorChoice(s.Emotion.Mode), Model: s.Emotion.Model}
	if s.Emotion.Host != "" {
		out.Host = &s.Emotion.Host
	}
	return out, nil
}

// DismissReadingsNotice puts away the notice of a room.
func (s *Server) DismissReadingsNotice(ctx context.Context, in openapi.DismissReadingsNoticeRequestObject) (openapi.DismissReadingsNoticeResponseObject, error) {
	err := s.Rooms.DismissNotice(ctx, who(ctx).User, room.ID(in.RoomId))
	return openapi.DismissReadingsNotice204Response{}, err
}

// ForgetReadings erases what is kept of how my messages were read. It is not left half done when nobody waits for the answer.
func (s *Server) ForgetReadings(ctx context.Context, _ openapi.ForgetReadingsRequestObject) (openapi.ForgetReadingsResponseObject, error) {
	ctx = context.WithoutCancel(ctx)
	rooms, err := s.Messages.ForgetReadings(ctx, who(ctx).User)
	if s.Recent != nil {
		for _, id := range rooms {
			s.Recent.Forget(ctx, id)
		}
	}
	return openapi.ForgetReadings204Response{}, err
}

package rest

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
)

// defaultPage is the number of messages in a page for which no limit is given, as openapi.yaml says.
const defaultPage = 50

// changes are what one person may do to messages on one node: as much as over their sockets.
var changes = limit.Rule{Name: "changes", Burst: 240, Every: time.Second / 60}

// ListMessages answers with a page of a room's history: what this node or Redis remembers of it, if the database says that it is
// still right, or what the database holds.
func (s *Server) ListMessages(ctx context.Context, in openapi.ListMessagesRequestObject) (openapi.ListMessagesResponseObject, error) {
	cursor := message.Cursor{Before: in.Params.Before, After: in.Params.After, SinceRev: in.Params.SinceRev, Limit: defaultPage}
	if in.Params.Limit != nil {
		cursor.Limit = *in.Params.Limit
	}
	if err := cursor.Check(); err != nil {
		return nil, err
	}
	from := callerOf(ctx)
	if from.sight == nil || from.sight.ID != room.ID(in.RoomId) {
		return nil, room.ErrNotFound
	}
	reader := wire.ReaderOf(from.user)
	if s.Recent != nil {
		excerpt, ok, err := s.Recent.Excerpt(ctx, *from.sight, message.Reader(reader), cursor)
		if err != nil {
			return nil, err
		}
		if ok {
			return page(excerpt.Whole(s.page)), nil
		}
	}
	items, hasMore, err := s.Messages.Read(ctx, *from.sight, cursor)
	if err != nil {
		return nil, err
	}
	return page(wire.PageOf(s.Epoch, items, reader, hasMore, from.sight.LastSeq, from.sight.LastRev)), nil
}

func (s *Server) page(e message.Excerpt) []byte { return wire.Page(s.Epoch, e) }

// page is a page of messages as it is sent.
type page []byte

// VisitListMessagesResponse implements openapi.ListMessagesResponseObject.
func (p page) VisitListMessagesResponse(w http.ResponseWriter) error {
	w.Header().Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
	w.Header().Set(echo.HeaderContentLength, strconv.Itoa(len(p)))
	w.WriteHeader(http.StatusOK)
	_, err := w.Write(p)
	return err
}

// SendMessage stores a message, once for each client id.
func (s *Server) SendMessage(ctx context.Context, in openapi.SendMessageRequestObject) (openapi.SendMessageResponseObject, error) {
	reader := reader(ctx)
	if err := s.changes.Allow(int64(reader.ID)); err != nil {
		return nil, err
	}
	if at := callerOf(ctx).sight; at != nil {
		s.Messages.Saw(*at)
	}
	draft := message.Draft{ClientID: in.Body.ClientId.String(), Body: in.Body.Body, ReplyTo: in.Body.ReplyTo}
	sent, err := s.Messages.Send(ctx, reader.ID, room.ID(in.RoomId), draft)
	if err != nil {
		return nil, err
	}
	out := wire.Message(sent.Message, reader)
	if sent.Repeat {
		return openapi.SendMessage200JSONResponse(out), nil
	}
	return openapi.SendMessage201JSONResponse(out), nil
}

// EditMessage replaces the text of a message of mine.
func (s *Server) EditMessage(ctx context.Context, in openapi.EditMessageRequestObject) (openapi.EditMessageResponseObject, error) {
	out, err := s.changed(ctx, func(reader wire.Reader) (message.Message, error) {
		return s.Messages.Edit(ctx, reader.ID, room.ID(in.RoomId), in.Seq, in.Body.Body)
	})
	return openapi.EditMessage200JSONResponse(out), err
}

// DeleteMessage turns a message of mine into a tombstone.
func (s *Server) DeleteMessage(ctx context.Context, in openapi.DeleteMessageRequestObject) (openapi.DeleteMessageResponseObject, error) {
	user := who(ctx).User
	if err := s.changes.Allow(int64(user)); err != nil {
		return nil, err
	}
	return openapi.DeleteMessage204Response{}, s.Messages.Delete(ctx, user, room.ID(in.RoomId), in.Seq)
}

// AddReaction puts an emoji of mine under a message.
func (s *Server) AddReaction(ctx context.Context, in openapi.AddReactionRequestObject) (openapi.AddReactionResponseObject, error) {
	out, err := s.changed(ctx, func(reader wire.Reader) (message.Message, error) {
		return s.Messages.React(ctx, reader.ID, room.ID(in.RoomId), in.Seq, in.Emoji)
	})
	return openapi.AddReaction200JSONResponse(out), err
}

// RemoveReaction takes an emoji of mine away again.
func (s *Server) RemoveReaction(ctx context.Context, in openapi.RemoveReactionRequestObject) (openapi.RemoveReactionResponseObject, error) {
	out, err := s.changed(ctx, func(reader wire.Reader) (message.Message, error) {
		return s.Messages.Unreact(ctx, reader.ID, room.ID(in.RoomId), in.Seq, in.Emoji)
	})
	return openapi.RemoveReaction200JSONResponse(out), err
}

// changed answers with a message as a change left it.
func (s *Server) changed(ctx context.Context, change func(wire.Reader) (message.Message, error)) (openapi.Message, error) {
	reader := reader(ctx)
	if err := s.changes.Allow(int64(reader.ID)); err != nil {
		return openapi.Message{}, err
	}
	m, err := change(reader)
	if err != nil {
		return openapi.Message{}, err
	}
	return wire.Message(m, reader), nil
}

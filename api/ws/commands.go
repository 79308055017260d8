package ws

import (
	"context"
	"errors"
	"math"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/realtime"
	"github.com/emosation/emosation/internal/room"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
)

// admit reads one envelope of a client, if it may send one. Of a refused one only what the answer says is known.
func (s *session) admit(frame []byte) (command, error) {
	c, err := decode(frame)
	if !s.budget.allow() {
		s.h.Refusals.Count(tooManyEnvelopes)
		return command{ClientID: c.ClientID}, errTooMany
	}
	return c, err
}

// handle carries out one envelope of a client. What is wrong with it is answered and the connection stays.
//
// A message is handed over at once. Everything else takes the database or an encoder and with that a deep stack, which would
// stay with the connection for as long as it is open, so it borrows another one.
func (h *Handler) handle(s *session, c command, err error) {
	if err == nil && c.Type == string(openapi.MessageCommandTypeMessage) {
		h.send(s.ctx, s, c)
		return
	}
	s.aside.Go(func() {
		if err == nil {
			ctx, span := h.Tracing.Root(s.ctx, c.Type, trace.SpanKindServer)
			err = h.carryOut(ctx, s, c)
			span.End()
		}
		if err != nil {
			h.logUnknown(err)
			s.refuse(c, err)
		}
	})
	s.aside.Wait() // in the order in which they came
}

func (h *Handler) carryOut(ctx context.Context, s *session, c command) error {
	id := room.ID(c.Room)
	switch c.Type {
	case string(openapi.EnterCommandTypeEnter):
		return h.enter(ctx, s, id, c)
	case string(openapi.CloseCommandTypeClose):
		h.lookAway(ctx, s, id)
		return nil
	case string(openapi.ReadCommandTypeRead):
		return h.read(s, id, c.Seq)
	default: // messages do not come here, and decode lets nothing else through
		return h.typing(ctx, s, id)
	}
}

// send hands a message over to be stored. One that comes after the session has begun to end is not answered: its client sends it
// again when it is back.
func (h *Handler) send(ctx context.Context, s *session, c command) {
	if !s.flight.begin() {
		return
	}
	draft := message.Draft{ClientID: c.ClientID, Body: c.Body, ReplyTo: c.ReplyTo}
	ctx, span := h.Tracing.Root(ctx, c.Type, trace.SpanKindServer)
	h.Messages.SendAsync(ctx, s.who.User, room.ID(c.Room), draft, func(sent message.Sent, err error) {
		defer s.flight.end()
		defer span.End()
		if err != nil {
			h.logUnknown(err)
			s.refuse(c, err)
			return
		}
		s.Send(wire.AppendAck(nil, sent.Message))
	})
}

// enter answers with who looks at the room, the read marks and the rows that the client is missing.
func (h *Handler) enter(ctx context.Context, s *session, id room.ID, c command) error {
	// From here on the room's members may hear of it, so it must be a member who asks.
	page, reset, err := h.missing(ctx, s.who.User, id, c)
	if err != nil {
		return err
	}
	live := page.Room.State == room.Open
	if live {
		if s.looking == nil {
			s.looking = make(map[int64]struct{})
		}
		s.looking[int64(id)] = struct{}{}
		if h.Bus.Look(ctx, s.conn, int64(id)) {
			h.Bus.Signal(signal(realtime.Looking, page.Room, s.who.User))
		}
	}
	entered := h.entered(s, page)
	if reset {
		entered.Reset = &reset
	}
	if page.Room.Crowd() {
		err = h.countCrowd(ctx, s, page.Room, &entered)
	} else {
		err = h.nameMembers(ctx, s, page.Room, &entered)
	}
	if err != nil {
		return err
	}
	answer := encode(entered)
	if h.Bus.Tell(s.conn, int64(id), answer) {
		return nil
	}
	// Their access has ended meanwhile, or the word that it has begun is still on its way here from another node.
	if _, err := h.Rooms.Get(ctx, s.who.User, id); err != nil {
		return err
	}
	s.Send(answer)
	return nil
}

// missing returns what somebody who enters a room lacks. reset says that they know what the database does not: it was restored. Then
// nothing they know counts, and it is the latest messages.
func (h *Handler) missing(ctx context.Context, who account.ID, id room.ID, c command) (page message.Page, reset bool, err error) {
	latest := message.Cursor{Limit: message.MaxPage}
	if c.Epoch != "" && c.Epoch != h.Epoch {
		page, err = h.Messages.History(ctx, who, id, latest)
		return page, true, err
	}
	cursor := message.Cursor{SinceRev: c.SinceRev, Limit: message.MaxPage}
	if c.SinceRev == nil {
		beyond := int64(math.MaxInt64)
		cursor.SinceRev = &beyond
	}
	page, err = h.Messages.History(ctx, who, id, cursor)
	if err == nil && c.SinceRev != nil && *c.SinceRev > page.Room.LastRev {
		page, err = h.Messages.History(ctx, who, id, latest)
		return page, true, err
	}
	return page, false, err
}

func (h *Handler) entered(s *session, page message.Page) openapi.EnteredEnvelope {
	out := openapi.EnteredEnvelope{
		Type: openapi.EnteredEnvelopeTypeEntered, Room: openapi.Id(page.Room.ID), Epoch: h.Epoch, LastSeq: page.Room.LastSeq,
		LastRev: page.Room.LastRev, Viewers: []openapi.Id{}, Reads: []openapi.ReadMark{},
		Messages: []openapi.Message{}, HasMore: page.HasMore,
	}
	reader := s.reader()
	for _, m := range page.Items {
		out.Messages = append(out.Messages, wire.Message(m, reader))
	}
	return out
}

// nameMembers says who else looks at a room and how far each member has read.
func (h *Handler) nameMembers(ctx context.Context, s *session, r room.Mine, out *openapi.EnteredEnvelope) error {
	members, _, err := h.Rooms.Members(ctx, s.who.User, r.ID)
	if err != nil {
		return err
	}
	joined := make(map[int64]bool, len(members))
	for _, m := range members {
		if m.State != room.Joined { // listed for their names only
			continue
		}
		joined[int64(m.ID)] = true
		out.Reads = append(out.Reads, openapi.ReadMark{User: openapi.Id(m.ID), Seq: m.LastReadSeq})
	}
	if r.State != room.Open {
		return nil
	}
	for _, user := range h.Bus.Viewers(ctx, int64(r.ID)) {
		if user != int64(s.who.User) && joined[user] {
			out.Viewers = append(out.Viewers, user)
		}
	}
	return nil
}

// lookAway does nothing for a room that was not looked at. In a room that became history nobody is told.
func (h *Handler) lookAway(ctx context.Context, s *session, id room.ID) {
	if _, ok := s.looking[int64(id)]; !ok {
		return
	}
	delete(s.looking, int64(id))
	if !h.Bus.LookAway(ctx, s.conn, int64(id)) {
		return
	}
	mine, err := h.Rooms.Get(ctx, s.who.User, id)
	if err != nil {
		h.logUnknown(err)
		return
	}
	if mine.State == room.Open {
		h.Bus.Signal(signal(realtime.Away, mine, s.who.User))
	}
}

// typing tells the others, and leaves out what comes within a second of the last time: who types is seen to for longer than that.
func (h *Handler) typing(ctx context.Context, s *session, id room.ID) error {
	now := h.Now()
	if s.typed.room == id && now.Sub(s.typed.at) < typingEvery {
		return nil
	}
	mine, err := h.Rooms.Get(ctx, s.who.User, id)
	if err == nil {
		err = mine.State.Writable()
	}
	if err != nil {
		return err
	}
	s.typed = typed{id, now}
	h.Bus.Signal(signal(realtime.Typing, mine, s.who.User))
	return nil
}

// refuse answers an envelope that was not carried out.
func (s *session) refuse(c command, err error) {
	out := openapi.ErrorEnvelope{Type: openapi.ErrorEnvelopeTypeError, Code: "server.failed", Detail: "Something went wrong on our side."}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		out.Code, out.Detail = f.Code, f.Detail
		for _, field := range f.Fields {
			out.Detail += " " + field.Name + " " + field.Reason + "."
		}
		if f.RetryAfter > 0 {
			seconds := int(math.Ceil(f.RetryAfter.Seconds()))
			out.RetryAfter = &seconds
		}
	}
	if c.ClientID != "" {
		out.ClientId = &c.ClientID
	}
	if c.Room > 0 {
		out.Room = &c.Room
	}
	s.Send(encode(out))
}

// logUnknown logs what the client is told nothing about.
func (h *Handler) logUnknown(err error) {
	if _, ok := errors.AsType[*fault.Error](err); !ok {
		h.Log.Error("an envelope could not be carried out", zap.Error(err))
	}
}

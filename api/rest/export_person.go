package rest

import (
	"context"
	"iter"
	"net/http"
	"strconv"
	"time"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/announcement"
	"github.com/emosation/emosation/internal/friend"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/order"
	"github.com/emosation/emosation/internal/room"
)

// exports keeps the work that exports are within bounds.
var exports = limit.Rule{Name: "export", Burst: 2, Every: 30 * time.Minute}

// Rules are those that attempts are counted by.
func Rules() []limit.Rule { return []limit.Rule{exports, corrections, changes, searches, requests} }

// ExportMe answers with everything that is kept about me.
func (s *Server) ExportMe(ctx context.Context, _ openapi.ExportMeRequestObject) (openapi.ExportMeResponseObject, error) {
	user := who(ctx).User
	if err := s.Limits.Allow(ctx, exports, strconv.FormatInt(int64(user), 10)); err != nil {
		return nil, err
	}
	learnt, err := s.Calibration.Of(ctx, user)
	if err != nil {
		return nil, err
	}
	return personExport{
		ctx: ctx, server: s, user: me(ctx),
		readings: export{learnt: learnt, readings: s.Messages.Kept(ctx, user), locale: me(ctx).Locale, now: s.Now},
	}, nil
}

// personExport is everything that is kept about a person, read while it is written.
type personExport struct {
	ctx      context.Context
	server   *Server
	user     account.User
	readings export
}

// VisitExportMeResponse implements openapi.ExportMeResponseObject.
func (p personExport) VisitExportMeResponse(w http.ResponseWriter) error {
	w.Header().Set("Content-Disposition", `attachment; filename="emosation.json"`)
	return download(w, p.server.Now, p.write)
}

func (p personExport) write(s *stream) {
	ctx, who := p.ctx, p.user.ID
	s.text(`{"exportedAt":`)
	s.value(p.server.Now().UTC())
	s.text(`,"user":`)
	s.value(toUser(p.user))
	s.text(`,"sessions":`)
	list(s, held(p.server.Auth.Sessions(ctx, who)), toSession(ctx))
	s.text(`,"friends":`)
	list(s, held(p.server.Friends.Ties(ctx, who)), exportedFriend)
	s.text(`,"blocks":`)
	list(s, held(p.server.Friends.Blocks(ctx, who)), toBlock)
	s.text(`,"rooms":`)
	list(s, held(p.server.Rooms.Stays(ctx, who)), exportedRoom)
	s.text(`,"messages":`)
	list(s, p.server.Messages.Written(ctx, who), exportedMessage)
	s.text(`,"reactions":`)
	list(s, p.server.Messages.Given(ctx, who), exportedReaction)
	s.text(`,"selections":`)
	list(s, held(p.server.Orders.Chosen(ctx, who)), exportedSelection)
	s.text(`,"announcements":`)
	list(s, p.announcements(), wire.Announcement)
	s.text(`,"readings":`)
	p.readings.write(s)
	s.text("}")
}

const announcementsAtOnce = 100

// announcements goes through all pages of them.
func (p personExport) announcements() iter.Seq2[announcement.Received, error] {
	return func(yield func(announcement.Received, error) bool) {
		cursor := ""
		for {
			page, err := p.server.Announcements.List(p.ctx, p.user, cursor, announcementsAtOnce)
			for item, err := range held(page.Items, err) {
				if !yield(item, err) {
					return
				}
			}
			if err != nil || page.Next == "" {
				return
			}
			cursor = page.Next
		}
	}
}

func exportedFriend(f friend.Friend) openapi.ExportedFriend {
	return openapi.ExportedFriend{User: wire.Person(f.Person), State: openapi.FriendState(f.State), Since: f.Since}
}

func exportedRoom(r room.Stay) openapi.ExportedRoom {
	return openapi.ExportedRoom{
		Room: openapi.Id(r.Room), Kind: openapi.RoomKind(r.Kind), Title: r.Title, State: openapi.MemberState(r.State),
		JoinedAt: r.JoinedAt.UTC(), LastReadSeq: r.LastReadSeq,
	}
}

func exportedMessage(m message.Written) openapi.ExportedMessage {
	return openapi.ExportedMessage{
		Room: openapi.Id(m.Room), Seq: m.Seq, Body: m.Body, ReplyTo: m.ReplyTo, SentAt: m.SentAt.UTC(), EditedAt: wire.UTC(m.EditedAt),
	}
}

func exportedReaction(g message.Given) openapi.ExportedReaction {
	return openapi.ExportedReaction{Room: openapi.Id(g.Room), Seq: g.Seq, Emoji: g.Emoji, At: g.At.UTC()}
}

func exportedSelection(c order.Chosen) openapi.ExportedSelection {
	return openapi.ExportedSelection{
		Room: openapi.Id(c.Room), Done: c.Done, ReceivedAt: wire.UTC(c.ReceivedAt),
		Items: each(c.Items, func(i order.ChosenItem) openapi.ExportedItem {
			return openapi.ExportedItem{Item: openapi.Id(i.Item), Quantity: i.Quantity, Name: i.Name, Price: i.Price}
		}),
	}
}

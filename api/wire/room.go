package wire

import (
	"time"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
)

// Room converts a room as one of its members sees it; latest may be nil. What only group rooms have is null in
// direct ones.
func Room(m room.Mine, latest *message.Message, to Reader, operator emotion.Mode) openapi.Room {
	out := openapi.Room{
		Id: openapi.Id(m.ID), Kind: openapi.RoomKind(m.Kind), State: openapi.RoomState(m.State), Title: m.Title,
		MemberCount: m.Members, HasPassword: m.HasPassword, Version: m.Version, ClosesAt: UTC(m.ClosesAt), Extensions: m.Extensions,
		LastSeq: m.LastSeq, LastRev: m.LastRev, LastReadSeq: m.LastReadSeq, Unread: m.Unread(), CreatedAt: m.CreatedAt.UTC(),
		Readings: openapi.RoomReadings(m.Readings), ReadingsNotice: m.Notice(operator), ReadingsRev: m.ReadingsRev,
	}
	if m.Kind == room.Group {
		out.Capacity = &m.Capacity
	}
	if m.Host != 0 {
		out.Host = new(int64(m.Host))
	}
	if m.Place != nil {
		out.Pickup, out.Phase = pickup(*m.Place), phase(m.Phase)
	}
	if m.Peer != nil {
		out.Peer = new(Person(*m.Peer))
	}
	if latest != nil {
		out.LastMessage = new(Message(*latest, to))
	}
	return out
}

// OpenRoom converts a group room as somebody outside of it sees it.
func OpenRoom(l room.Listing) openapi.OpenRoom {
	out := openapi.OpenRoom{
		Id: openapi.Id(l.ID), Title: l.Title, Capacity: l.Capacity, MemberCount: l.Members, HasPassword: l.HasPassword,
		Host: Person(l.Host), ClosesAt: UTC(l.ClosesAt), CreatedAt: l.CreatedAt.UTC(), Joined: l.Joined,
	}
	if l.Place != nil {
		out.Pickup, out.Phase = pickup(*l.Place), phase(l.Phase)
	}
	return out
}

// Member converts somebody who is in a room, or was.
func Member(m room.Member, online bool) openapi.Member {
	return openapi.Member{
		User: Person(m.Person), State: openapi.MemberState(m.State), JoinedAt: m.JoinedAt.UTC(), JoinedSeq: m.JoinedSeq,
		LastReadSeq: m.LastReadSeq, Online: online,
	}
}

// IDs converts the ids of people.
func IDs(people []account.ID) []openapi.Id {
	ids := make([]openapi.Id, len(people))
	for i, id := range people {
		ids[i] = openapi.Id(id)
	}
	return ids
}

// line converts what a system line says, with the fields alone that its code uses.
func line(l room.Line) *openapi.Line {
	out := openapi.Line{Code: openapi.LineCode(l.Code), Phase: phase(l.Phase), Time: UTC(l.Time)}
	if l.User != 0 {
		out.User = new(openapi.Id(l.User))
	}
	if len(l.Users) > 0 {
		out.Users = new(IDs(l.Users))
	}
	if l.Title != "" {
		out.Title = &l.Title
	}
	if l.Number != 0 || l.Code == room.LineOrderConfirmed { // an order may be free
		out.Number = &l.Number
	}
	return &out
}

func phase(p room.Phase) *openapi.Phase {
	if p == "" {
		return nil
	}
	return new(openapi.Phase(p))
}

// UTC is a time as the API shows it, if there is one.
func UTC(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	return new(t.UTC())
}

package ws

import (
	"encoding/json"
	"fmt"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/announcement"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/friend"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/realtime"
	"github.com/emosation/emosation/internal/room"
)

// Encode turns a domain event into what connections receive. Each envelope is encoded once, a message with a reading
// once more for each language.
func Encode(event any) []realtime.Delivery {
	switch e := event.(type) {
	case message.Posted:
		return []realtime.Delivery{messageDelivery(e.Message, wire.MessageEnvelopes)}
	case message.Changed:
		return []realtime.Delivery{messageDelivery(e.Message, wire.MessageEnvelopes)}
	case message.Reread:
		return []realtime.Delivery{messageDelivery(e.Message, wire.ReadingEnvelopes)}
	case room.Opened:
		return []realtime.Delivery{{
			Users: users(e.Members...), Attach: int64(e.Room),
			Envelope: encode(roomEnvelope(e.Room, openapi.RoomChangeJoined, room.Open)),
		}}
	case room.Changed:
		return changeDeliveries(e)
	case room.ReadingsChanged:
		return readingsDeliveries(e)
	case room.Read:
		return []realtime.Delivery{readDelivery(e)}
	case friend.Changed:
		return friendDeliveries(e)
	case announcement.Sent:
		return []realtime.Delivery{{Once: true, Users: users(e.To...), Envelope: encode(openapi.NoticeEnvelope{
			Type: openapi.NoticeEnvelopeTypeNotice, Announcement: wire.Announcement(announcement.Received{Announcement: e.Announcement}),
		})}}
	case account.SettingsChanged:
		view := wire.ReaderOf(e.User).View()
		envelope := encode(openapi.MeEnvelope{Type: openapi.MeEnvelopeTypeMe})
		return []realtime.Delivery{{Users: users(e.User.ID), View: &view, Envelope: envelope}}
	case auth.SessionEnded:
		return []realtime.Delivery{{Users: users(e.User), EndSessions: []int64{int64(e.Session)}}}
	default:
		panic(fmt.Sprintf("ws: nobody said how to encode %T", event))
	}
}

// messageDelivery sends everybody in the room a change of a message, with its reading to those who may see it.
func messageDelivery(m message.Message, encode func(message.Message) (bare json.RawMessage, views []json.RawMessage)) realtime.Delivery {
	envelope, withReading := encode(m)
	d := realtime.Delivery{Room: int64(m.Room), Rev: m.Rev, Envelope: envelope}
	if len(withReading) == 0 {
		return d
	}
	d.Views = make([]realtime.View, len(withReading))
	for i, locale := range wire.Views() {
		d.Views[i] = realtime.View{Name: string(locale), Envelope: withReading[i]}
	}
	if m.Share == account.ShareSelf {
		d.ViewsFor = int64(m.Sender)
	}
	return d
}

// changeDeliveries tells the members of a group room what became different. Who comes is attached with the envelope, and
// who goes is cut off with it: what the others hear after that is not theirs.
func changeDeliveries(e room.Changed) []realtime.Delivery {
	envelope := roomEnvelope(e.Room, openapi.RoomChange(e.Change), e.State)
	if e.User != 0 {
		envelope.User = new(int64(e.User))
	}
	all := realtime.Delivery{Room: int64(e.Room), Envelope: encode(envelope)}
	own := realtime.Delivery{Users: users(e.User), Envelope: all.Envelope}
	switch e.Change {
	case room.ChangeJoined:
		own.Attach, own.Rev = int64(e.Room), e.Rev
	case room.ChangeLeft, room.ChangeKicked:
		own.Detach = int64(e.Room)
	case room.ChangeOrder: // while people choose, many a second
		return []realtime.Delivery{{Signal: &realtime.Signal{Kind: realtime.Choosing, Room: all.Room, Envelope: all.Envelope}}}
	case room.ChangeClosed:
		all.Quiet = int64(e.Room)
		return []realtime.Delivery{all}
	default:
		return []realtime.Delivery{all}
	}
	all.NotFor = int64(e.User)
	if own.Detach != 0 {
		all.Quiet, all.QuietUser = own.Detach, int64(e.User)
	}
	return []realtime.Delivery{own, all}
}

// readingsDeliveries tell everybody in a room to fetch what they show of it again, also for the changes of messages that are not sent.
func readingsDeliveries(e room.ReadingsChanged) (list []realtime.Delivery) {
	id := int64(e.Room)
	if e.Rev > e.Since {
		list = append(list, realtime.Delivery{Room: id, Rev: e.Rev, Skip: e.Rev - e.Since - 1})
	}
	if e.More {
		return list
	}
	envelope := encode(roomEnvelope(e.Room, openapi.RoomChangeReadings, e.State))
	return append(list, realtime.Delivery{Signal: &realtime.Signal{Kind: realtime.Showing, Room: id, Envelope: envelope}})
}

// readDelivery tells an open room how far somebody has read, and of a room that is history only their own devices.
func readDelivery(e room.Read) realtime.Delivery {
	mark := realtime.Mark{User: int64(e.User), Seq: e.Seq}
	if e.Open {
		return realtime.Delivery{Signal: &realtime.Signal{Kind: realtime.Reading, Room: int64(e.Room), Mark: mark, Crowd: e.Crowd}}
	}
	alone := realtime.Joined{Kind: realtime.Reading, Room: int64(e.Room), Marks: []realtime.Mark{mark}}
	return realtime.Delivery{Users: users(e.User), Envelope: EncodeSignals(alone)}
}

func friendDeliveries(e friend.Changed) []realtime.Delivery {
	envelope := func(other account.Person, state friend.State) []byte {
		return encode(openapi.FriendEnvelope{
			Type: openapi.FriendEnvelopeTypeFriend, User: wire.Person(other), State: openapi.FriendState(state),
		})
	}
	list := []realtime.Delivery{
		{Users: users(e.A.ID), Envelope: envelope(e.B, e.StateForA)},
		{Users: users(e.B.ID), Envelope: envelope(e.A, e.StateForB)},
	}
	if e.Room != 0 {
		state := room.ReadOnly
		if e.RoomOpen {
			state = room.Open
		}
		list = append(list, realtime.Delivery{
			Users: users(e.A.ID, e.B.ID), Quiet: e.Room,
			Envelope: encode(roomEnvelope(room.ID(e.Room), openapi.RoomChangeState, state)),
		})
	}
	return list
}

// Moved is what somebody's connection receives of a room that they have joined or left without its node hearing of it.
func Moved(user, id int64, joined bool) []byte {
	change := openapi.RoomChangeLeft
	if joined {
		change = openapi.RoomChangeJoined
	}
	envelope := roomEnvelope(room.ID(id), change, room.Open)
	envelope.User = &user
	return encode(envelope)
}

// Renewed is what a room's members receive when their node has not heard how it changed.
func Renewed(head realtime.Head) []byte {
	return encode(roomEnvelope(room.ID(head.Room), openapi.RoomChangeSettings, room.State(head.State)))
}

func roomEnvelope(id room.ID, change openapi.RoomChange, state room.State) openapi.RoomEnvelope {
	return openapi.RoomEnvelope{
		Type: openapi.RoomEnvelopeTypeRoom, Room: openapi.Id(id), Change: change, State: openapi.RoomState(state),
	}
}

// Presence is what friends of a user receive when that user comes or goes.
func Presence(friends []account.ID, user account.ID, online bool) realtime.Delivery {
	return realtime.Delivery{Users: users(friends...), Envelope: encode(openapi.PresenceEnvelope{
		Type: openapi.PresenceEnvelopeTypePresence, User: openapi.Id(user), Online: online,
	})}
}

// Heads says where rooms are, in the bus's own words.
func Heads(rooms []room.JoinedRoom) []realtime.Head {
	heads := make([]realtime.Head, len(rooms))
	for i, r := range rooms {
		heads[i] = realtime.Head{Room: int64(r.ID), Rev: r.LastRev, Version: r.Version, State: string(r.State)}
	}
	return heads
}

func users(ids ...account.ID) []int64 {
	list := make([]int64, len(ids))
	for i, id := range ids {
		list[i] = int64(id)
	}
	return list
}

// encode marshals an envelope. The generated types cannot fail to marshal; if one ever does, that is a bug to be seen.
func encode(envelope any) []byte {
	data, err := json.Marshal(envelope)
	if err != nil {
		panic(fmt.Sprintf("ws: encode %T: %v", envelope, err))
	}
	return data
}

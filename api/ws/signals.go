package ws

import (
	"context"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/realtime"
	"github.com/emosation/emosation/internal/room"
)

// signal says what a member does in a room.
func signal(kind realtime.SignalKind, r room.Mine, who account.ID) realtime.Signal {
	return realtime.Signal{Kind: kind, Room: int64(r.ID), Mark: realtime.Mark{User: int64(who)}, Crowd: r.Crowd()}
}

// EncodeSignals encodes what signals of a room have come to.
func EncodeSignals(j realtime.Joined) []byte {
	id := j.Room
	var user *openapi.Id
	var others *[]openapi.Id
	if len(j.Marks) > 0 {
		user = &j.Marks[0].User
	}
	if len(j.Marks) > 1 {
		others = &[]openapi.Id{}
		for _, m := range j.Marks[1:] {
			*others = append(*others, m.User)
		}
	}
	var count *int
	if j.Crowd {
		count = &j.Count
	}
	switch j.Kind {
	case realtime.Typing:
		return encode(openapi.TypingEnvelope{Type: openapi.TypingEnvelopeTypeTyping, Room: id, User: user, Others: others, Count: count})
	case realtime.Looking:
		return encode(openapi.EnterEnvelope{Type: openapi.EnterEnvelopeTypeEnter, Room: id, User: user, Others: others, Count: count})
	case realtime.Away:
		return encode(openapi.CloseEnvelope{Type: openapi.CloseEnvelopeTypeClose, Room: id, User: user, Others: others})
	default:
		return encode(readEnvelope(j))
	}
}

func readEnvelope(j realtime.Joined) openapi.ReadEnvelope {
	out := openapi.ReadEnvelope{Type: openapi.ReadEnvelopeTypeRead, Room: j.Room}
	if len(j.Marks) > 0 {
		out.User, out.Seq = &j.Marks[0].User, &j.Marks[0].Seq
	}
	if len(j.Marks) > 1 {
		out.Others = &[]openapi.ReadMark{}
		for _, m := range j.Marks[1:] {
			*out.Others = append(*out.Others, openapi.ReadMark{User: m.User, Seq: m.Seq})
		}
	}
	if j.Crowd {
		counts := make([]openapi.ReadCount, len(j.Reads))
		for i, t := range j.Reads {
			counts[i] = openapi.ReadCount{Seq: t.Seq, Count: int(t.Count)}
		}
		out.Counts = &counts
	}
	return out
}

// countCrowd says how many look at a room and how far its members have read, and by name only how far oneself has. What
// happens in a room that has ended is nobody's business any more.
func (h *Handler) countCrowd(ctx context.Context, s *session, r room.Mine, out *openapi.EnteredEnvelope) error {
	out.Reads = append(out.Reads, openapi.ReadMark{User: openapi.Id(s.who.User), Seq: r.LastReadSeq})
	viewers, counts := 0, []openapi.ReadCount{{Seq: r.LastSeq, Count: r.Members}}
	if r.State == room.Open {
		viewers = len(h.Bus.Viewers(ctx, int64(r.ID)))
		reads, err := h.Rooms.Reads(ctx, r.ID)
		if err != nil {
			return err
		}
		counts = make([]openapi.ReadCount, len(reads))
		for i, t := range reads {
			counts[i] = openapi.ReadCount{Seq: t.Seq, Count: int(t.Count)}
		}
	}
	out.ViewerCount, out.ReadCounts = &viewers, &counts
	return nil
}

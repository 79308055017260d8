// Package wire turns domain values into the types of openapi.yaml, the same for REST and for the socket.
package wire

import (
	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
	"github.com/google/uuid"
)

// Reader is for whom a message is prepared.
type Reader struct {
	ID           account.ID
	Locale       account.Locale
	ShowReadings bool
}

// ReaderOf returns a user as a reader.
func ReaderOf(u account.User) Reader {
	return Reader{ID: u.ID, Locale: u.Locale, ShowReadings: u.ShowReadings}
}

// View names what a reader is shown of readings: the language of their sentence, or nothing. Readers with the same
// view are sent the same bytes, but for authors who see what others may not.
func (r Reader) View() string {
	if !r.ShowReadings {
		return ""
	}
	return string(r.Locale)
}

// Views returns every view that shows readings.
func Views() []account.Locale { return []account.Locale{account.Korean, account.English} }

// Person converts what others see of a user.
func Person(p account.Person) openapi.UserSummary {
	return openapi.UserSummary{Id: openapi.Id(p.ID), Nickname: p.Nickname}
}

// Message converts a message for one reader, with its reading only where author and reader both agree.
func Message(m message.Message, to Reader) openapi.Message {
	out := Bare(m)
	if m.Reading != nil && to.ShowReadings && mayShow(m, to.ID) {
		out.Reading = Reading(*m.Reading, to.Locale)
	}
	return out
}

func mayShow(m message.Message, to account.ID) bool { return message.MaySee(m.Share, m.Sender, to) }

// Bare converts a message without its reading.
func Bare(m message.Message) openapi.Message {
	out := openapi.Message{
		Seq: m.Seq, Rev: m.Rev, Kind: openapi.MessageKind(m.Kind), Sender: openapi.Id(m.Sender),
		ClientId: clientID(m.ClientID), Body: m.Body, ReplyTo: m.ReplyTo, SentAt: m.SentAt, EditedAt: m.EditedAt,
		DeletedAt: m.DeletedAt, Reactions: make([]openapi.Reaction, len(m.Reactions)),
	}
	if m.Line != nil {
		out.Line = line(*m.Line)
	}
	for i, r := range m.Reactions {
		users := make([]openapi.Id, len(r.Users))
		for j, user := range r.Users {
			users[j] = openapi.Id(user)
		}
		out.Reactions[i] = openapi.Reaction{Emoji: r.Emoji, Users: users}
	}
	return out
}

// clientID parses what was checked when the message was sent; the zero UUID stands for none.
func clientID(text string) openapi.ClientId {
	id, err := uuid.Parse(text)
	if err != nil {
		return uuid.Nil
	}
	return id
}

// Reading converts a reading, with its sentence in the reader's language and the three most probable labels.
func Reading(r emotion.Reading, locale account.Locale) *openapi.Reading {
	out := &openapi.Reading{
		Label: openapi.Label(r.Label), Confidence: r.Confidence, Intensity: r.Intensity, Unclear: r.Unclear,
		Labels: make([]openapi.Label, len(r.Labels)), Fine: make([]openapi.FineLabel, len(r.Fine)), Scores: make([]openapi.Score, 0, mostScores),
		Evidence: make([]openapi.Span, len(r.Evidence)), Sentence: emotion.Sentence(r, string(locale)),
		Engine: openapi.Engine(r.Engine), Version: r.Version, Valence: r.Valence, Love: r.Love,
	}
	for i, name := range r.Fine {
		out.Fine[i] = openapi.FineLabel(name)
	}
	for i, label := range r.Labels {
		out.Labels[i] = openapi.Label(label)
	}
	for i, span := range r.Evidence {
		out.Evidence[i] = openapi.Span{Start: span.Start, End: span.End}
	}
	for _, i := range top(&r.Scores) {
		out.Scores = append(out.Scores, openapi.Score{Label: openapi.Label(emotion.Labels()[i]), Score: r.Scores[i]})
	}
	return out
}

// mostScores is how many labels a reading is sent with.
const mostScores = 3

// top returns the most probable labels by their places, the most probable first.
func top(scores *[7]float64) [mostScores]int {
	var best [mostScores]int
	found := 0
	for i, score := range scores {
		at := found
		for at > 0 && scores[best[at-1]] < score {
			at--
		}
		if at == mostScores {
			continue
		}
		copy(best[at+1:], best[at:])
		best[at] = i
		found = min(found+1, mostScores)
	}
	return best
}

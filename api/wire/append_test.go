package wire_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
)

// The generators draw more than the program ever makes: what is written must not depend on what was checked before.

func anyText() *rapid.Generator[string] {
	bytes := rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })
	return rapid.OneOf(rapid.SampledFrom([]string{"", "오늘 정말 고마웠어 ㅠㅠ", "<b>&\u2028\"\\\n\x00", "👩‍👩‍👧", "\xff\xe2\x80"}), rapid.String(), bytes)
}

func anyTime() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		at := time.Unix(rapid.Int64Range(0, 1<<35).Draw(t, "s"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns"))
		return at.Truncate(rapid.SampledFrom([]time.Duration{1, time.Microsecond, time.Second}).Draw(t, "to")).UTC()
	})
}

func anyID() *rapid.Generator[account.ID] {
	return rapid.Map(rapid.Int64(), func(n int64) account.ID { return account.ID(n) })
}

func anyClientID() *rapid.Generator[string] {
	plain := rapid.Custom(func(t *rapid.T) string {
		return uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "uuid")).String()
	})
	return rapid.OneOf(plain, plain, rapid.Map(plain, strings.ToUpper), rapid.Map(plain, func(s string) string { return "urn:uuid:" + s }),
		rapid.Map(plain, func(s string) string { return s[:35] + "g" }), rapid.SampledFrom([]string{"", "no id at all"}), anyText())
}

func anyLine() *rapid.Generator[room.Line] {
	return rapid.Custom(func(t *rapid.T) room.Line {
		return room.Line{
			Code: rapid.SampledFrom([]room.LineCode{room.LineOrderConfirmed, "joined", "drawn", "<odd>"}).Draw(t, "code"),
			User: anyID().Draw(t, "user"), Users: rapid.SliceOfN(anyID(), 0, 3).Draw(t, "users"), Title: anyText().Draw(t, "title"),
			Number: rapid.Int64().Draw(t, "number"), Phase: room.Phase(rapid.SampledFrom([]string{"", "ordered"}).Draw(t, "phase")),
			Time: rapid.Ptr(anyTime(), true).Draw(t, "time"),
		}
	})
}

func anyReading() *rapid.Generator[emotion.Reading] {
	score := rapid.OneOf(rapid.SampledFrom([]float64{0, 0.5, 1, 0.1234}), rapid.Float64Range(0, 1),
		rapid.Map(rapid.IntRange(0, 10_000), func(n int) float64 { return float64(n) / 1e4 }))
	labels, fine := emotion.Labels(), emotion.FineLabels()
	label := rapid.OneOf(rapid.SampledFrom(labels[:]), rapid.Map(anyText(), func(s string) emotion.Label { return emotion.Label(s) }))
	return rapid.Custom(func(t *rapid.T) emotion.Reading {
		r := emotion.Reading{
			Label: label.Draw(t, "label"), Confidence: score.Draw(t, "confidence"), Intensity: score.Draw(t, "intensity"),
			Unclear: rapid.Bool().Draw(t, "unclear"), Labels: rapid.SliceOfN(label, 0, 3).Draw(t, "labels"),
			Fine:    rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(fine[:]), anyText()), 0, 3).Draw(t, "fine"),
			Engine:  rapid.SampledFrom([]string{emotion.EmbeddedEngine, emotion.RemoteEngine, emotion.AuthorEngine, "", "<&>"}).Draw(t, "engine"),
			Version: anyText().Draw(t, "version"), Valence: 2*score.Draw(t, "valence") - 1, Love: rapid.Bool().Draw(t, "love"),
			Said: rapid.OneOf(rapid.Just(emotion.Said{}), rapid.Just(emotion.Said{Korean: "\"그럴지도\" <몰라요>", English: "It \"might\" be <so>"})).Draw(t, "said"),
		}
		for i := range r.Scores {
			r.Scores[i] = score.Draw(t, "score")
		}
		for range rapid.IntRange(0, 3).Draw(t, "spans") {
			r.Evidence = append(r.Evidence, emotion.Span{Start: rapid.Int().Draw(t, "start"), End: rapid.Int().Draw(t, "end")})
		}
		return r
	})
}

func anyReaction() *rapid.Generator[message.Reaction] {
	return rapid.Custom(func(t *rapid.T) message.Reaction {
		return message.Reaction{Emoji: anyText().Draw(t, "emoji"), Users: rapid.SliceOfN(anyID(), 0, 3).Draw(t, "users")}
	})
}

func anyMessage() *rapid.Generator[message.Message] {
	return rapid.Custom(func(t *rapid.T) message.Message {
		id := rapid.Int64()
		return message.Message{
			Room: room.ID(id.Draw(t, "room")), Seq: id.Draw(t, "seq"), Rev: id.Draw(t, "rev"),
			Kind:   message.Kind(rapid.OneOf(rapid.SampledFrom([]string{"text", "system"}), anyText()).Draw(t, "kind")),
			Sender: anyID().Draw(t, "sender"), ClientID: anyClientID().Draw(t, "client"), Body: anyText().Draw(t, "body"),
			Line: rapid.Ptr(anyLine(), true).Draw(t, "line"), ReplyTo: rapid.Ptr(id, true).Draw(t, "reply"), SentAt: anyTime().Draw(t, "sent"),
			EditedAt: rapid.Ptr(anyTime(), true).Draw(t, "edited"), DeletedAt: rapid.Ptr(anyTime(), true).Draw(t, "deleted"),
			Reactions: rapid.SliceOfN(anyReaction(), 0, 3).Draw(t, "reactions"), Reading: rapid.Ptr(anyReading(), true).Draw(t, "reading"),
			Share: rapid.SampledFrom([]account.ShareReadings{account.ShareOff, account.ShareSelf, account.ShareEveryone, ""}).Draw(t, "share"),
		}
	})
}

func marshal(t require.TestingT, value any) string {
	data, err := json.Marshal(value)
	require.NoError(t, err)
	return string(data)
}

// envelope is what a message's envelope was before any writer by hand: the generated type.
func envelope(t require.TestingT, m message.Message, locale account.Locale) string {
	out := openapi.MessageEnvelope{Type: openapi.MessageEnvelopeTypeMessage, Room: openapi.Id(m.Room), Message: wire.Bare(m)}
	if m.Reading != nil && locale != "" {
		out.Message.Reading = wire.Reading(*m.Reading, locale)
	}
	return marshal(t, out)
}

func TestWhatIsAppendedIsWhatTheGeneratedTypesMarshalTo(t *testing.T) {
	before := []byte("before")
	rapid.Check(t, func(t *rapid.T) {
		m := anyMessage().Draw(t, "message")
		require.Equal(t, "before"+marshal(t, wire.Bare(m)), string(wire.AppendMessage(before, m)))
		for _, locale := range []account.Locale{account.Korean, account.English, ""} {
			reader := wire.Reader{ID: m.Sender + account.ID(rapid.IntRange(0, 1).Draw(t, "other")), Locale: locale,
				ShowReadings: rapid.Bool().Draw(t, "shows")}
			require.Equal(t, "before"+marshal(t, wire.Message(m, reader)), string(wire.AppendMessageFor(before, m, reader)))
		}
		if m.Reading != nil {
			require.Equal(t, "before"+marshal(t, wire.Reading(*m.Reading, account.Korean)),
				string(wire.AppendReading(before, m.Reading, account.Korean)))
		}
		require.Equal(t, "before"+marshal(t, openapi.AckEnvelope{
			Type: openapi.AckEnvelopeTypeAck, ClientId: wire.Bare(m).ClientId, Room: openapi.Id(m.Room), Seq: m.Seq, Rev: m.Rev, SentAt: m.SentAt,
		}), string(wire.AppendAck(before, m)))
	})
}

func TestEnvelopesOfAllViewsAreThoseOfEach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyMessage().Draw(t, "message")
		bare, views := wire.MessageEnvelopes(m)
		require.Equal(t, envelope(t, m, ""), string(bare))
		if m.Reading == nil || m.Share == account.ShareOff {
			require.Empty(t, views)
			return
		}
		require.Len(t, views, len(wire.Views()))
		for i, locale := range wire.Views() {
			require.Equal(t, envelope(t, m, locale), string(views[i]))
		}
		_ = append(bare, "appending to one changes no other"...)
		require.Equal(t, envelope(t, m, account.Korean), string(views[0]))
	})
}

func TestAnotherReadingIsSentAloneToThoseWhoMaySeeIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyMessage().Draw(t, "message")
		want := openapi.ReadingEnvelope{Type: openapi.ReadingEnvelopeTypeReading, Room: openapi.Id(m.Room), Seq: m.Seq, Rev: m.Rev}
		bare, views := wire.ReadingEnvelopes(m)
		require.Equal(t, marshal(t, want), string(bare))
		if m.Reading == nil || m.Share == account.ShareOff {
			require.Empty(t, views)
			return
		}
		require.Len(t, views, len(wire.Views()))
		for i, locale := range wire.Views() {
			want.Reading = wire.Reading(*m.Reading, locale)
			require.Equal(t, marshal(t, want), string(views[i]))
		}
	})
}

func sample() message.Message {
	reading := emotion.Reading{
		Label: emotion.Joy, Confidence: 0.9312, Intensity: 0.5821, Labels: []emotion.Label{emotion.Joy}, Fine: []string{"gratitude", "joy"},
		Scores: [7]float64{0.0121, 0.0042, 0.0103, 0.9312, 0.1024, 0.0533, 0.0711}, Evidence: []emotion.Span{{Start: 3, End: 9}, {Start: 40, End: 44}},
		Engine: emotion.EmbeddedEngine, Version: "embedded-1",
	}
	return message.Message{
		Room: 512, Seq: 10_482, Rev: 10_511, Kind: message.Text, Sender: 4711, ClientID: "0f8fad5b-d9cb-469f-a165-70867728950e",
		Body:   "오늘 정말 고마웠어 ㅠㅠ see you tomorrow, I am so glad about it! 그런데 그건 좀 아니지 않아?",
		SentAt: time.Date(2026, 11, 22, 6, 30, 12, 345_678_000, time.UTC), Reading: &reading, Share: account.ShareEveryone,
	}
}

// BenchmarkEnvelopes writes what is sent for one message: its envelope without a reading and in both languages, and the ack.
func BenchmarkEnvelopes(b *testing.B) {
	m := sample()
	b.Run("appended", func(b *testing.B) {
		b.ReportAllocs()
		ack := make([]byte, 0, 256)
		for b.Loop() {
			wire.MessageEnvelopes(m)
			ack = wire.AppendAck(ack[:0], m)
		}
	})
	b.Run("marshalled", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, locale := range []account.Locale{"", account.Korean, account.English} {
				envelope(b, m, locale)
			}
			marshal(b, openapi.AckEnvelope{
				Type: openapi.AckEnvelopeTypeAck, ClientId: wire.Bare(m).ClientId, Room: openapi.Id(m.Room), Seq: m.Seq, Rev: m.Rev, SentAt: m.SentAt,
			})
		}
	})
}

// BenchmarkPage writes the latest 100 messages of a room for one reader.
func BenchmarkPage(b *testing.B) {
	m, reader := sample(), wire.Reader{ID: 1, Locale: account.Korean, ShowReadings: true}
	b.Run("appended", func(b *testing.B) {
		b.ReportAllocs()
		var page []byte
		for b.Loop() {
			page = page[:0]
			for range 100 {
				page = wire.AppendMessageFor(page, m, reader)
			}
		}
	})
	b.Run("marshalled", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			items := make([]openapi.Message, 100)
			for i := range items {
				items[i] = wire.Message(m, reader)
			}
			marshal(b, items)
		}
	})
}

package wire

import (
	"encoding/hex"
	"hash/fnv"
	"strconv"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/jsontext"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
)

// Page returns an excerpt of a history as the JSON of openapi.MessagePage.
func Page(epoch string, e message.Excerpt) []byte {
	page := e.Append(appendPageHead(make([]byte, 0, e.Size()+pageRoom), epoch, e.HasMore))
	return appendPageTail(page, e.LastSeq, e.LastRev)
}

// PageOf returns messages as one reader sees them, as the JSON of openapi.MessagePage.
func PageOf(epoch string, items []message.Message, to Reader, hasMore bool, lastSeq, lastRev int64) []byte {
	page := appendPageHead(make([]byte, 0, len(items)*(envelopeRoom+readingRoom)+pageRoom), epoch, hasMore)
	for i := range items {
		page = AppendMessageFor(comma(page, i), items[i], to)
	}
	return appendPageTail(page, lastSeq, lastRev)
}

// pageRoom is what a page takes at most beside its messages.
const pageRoom = 140

func appendPageHead(dst []byte, epoch string, hasMore bool) []byte {
	dst = jsontext.AppendString(append(dst, `{"epoch":`...), epoch)
	return append(strconv.AppendBool(append(dst, `,"hasMore":`...), hasMore), `,"items":[`...)
}

func appendPageTail(dst []byte, lastSeq, lastRev int64) []byte {
	dst = appendInt(append(dst, `],"lastRev":`...), lastRev)
	return append(appendInt(append(dst, `,"lastSeq":`...), lastSeq), '}')
}

// Cut encodes a message for all who may read it. One who sets nothing free has no readings.
func Cut(m message.Message) message.Pieces {
	buf := appendHead(make([]byte, 0, envelopeRoom+len(m.Body)+len(m.Body)/8+2*readingRoom), &m)
	head := len(buf)
	buf = appendTail(buf, &m)
	tail := len(buf)
	if m.Reading == nil || m.Share == account.ShareOff {
		text := string(buf)
		return message.Pieces{Head: text[:head], Tail: text[head:]}
	}
	buf = AppendReading(buf, m.Reading, account.Korean)
	korean := len(buf)
	text := string(AppendReading(buf, m.Reading, account.English))
	return message.Pieces{Head: text[:head], Tail: text[head:tail], Readings: []string{text[tail:korean], text[korean:]}}
}

// Form names the form in which Cut encodes. Programs that name it alike encode alike, as far as an example can tell.
func Form() string {
	at := time.Unix(1, 0).UTC()
	example := Cut(message.Message{
		Room: 1, Seq: 2, Rev: 3, Kind: message.Text, Sender: 4, ClientID: "00000000-0000-4000-8000-000000000000", Body: "<b>\u2028\"",
		Line:    &room.Line{Code: room.LineOrderConfirmed, User: 1, Users: []account.ID{2}, Title: "t", Number: 3, Time: &at, Phase: room.Created},
		ReplyTo: new(int64(1)), SentAt: at, EditedAt: &at, DeletedAt: &at, Share: account.ShareEveryone,
		Reactions: []message.Reaction{{Emoji: "👍", Users: []account.ID{1, 2}}},
		Reading: &emotion.Reading{
			Label: emotion.Joy, Confidence: 0.5, Intensity: 0.25, Labels: []emotion.Label{emotion.Joy}, Fine: []string{"gratitude"},
			Evidence: []emotion.Span{{Start: 1, End: 2}}, Engine: "e", Version: "v",
		},
	})
	sum := fnv.New64a()
	for _, piece := range append([]string{example.Head, example.Tail}, example.Readings...) {
		sum.Write(jsontext.AppendString(nil, piece))
	}
	return hex.EncodeToString(sum.Sum(nil))
}

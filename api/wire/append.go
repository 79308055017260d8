package wire

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/jsontext"
	"github.com/emosation/emosation/internal/message"
)

// What is here writes the JSON of what is sent for every message, byte for byte what json.Marshal makes of the generated types, at a
// small part of its cost. The tests hold it to that: a new field in openapi.yaml fails them until it is written here, too.

// AppendMessage appends a message without its reading: the JSON of Bare.
func AppendMessage(dst []byte, m message.Message) []byte {
	return appendTail(append(appendHead(dst, &m), "null"...), &m)
}

// AppendMessageFor appends a message as one reader sees it: the JSON of Message.
func AppendMessageFor(dst []byte, m message.Message, to Reader) []byte {
	if m.Reading != nil && to.ShowReadings && mayShow(m, to.ID) {
		return appendTail(AppendReading(appendHead(dst, &m), m.Reading, to.Locale), &m)
	}
	return AppendMessage(dst, m)
}

// MessageEnvelopes returns the envelope of a message without its reading, and, if there is one that anybody may see, with it in the
// order of Views. What they have in common is written once; all share one piece of memory that must not be changed.
func MessageEnvelopes(m message.Message) (bare json.RawMessage, views []json.RawMessage) {
	if m.Reading == nil || m.Share == account.ShareOff {
		buf := make([]byte, 0, envelopeRoom+len(m.Body)+len(m.Body)/8)
		return appendEnvelopeTail(appendTail(append(appendHead(append(buf, envelopeHead...), &m), "null"...), &m), &m), nil
	}
	locales := Views()
	buf := make([]byte, 0, (1+len(locales))*(envelopeRoom+len(m.Body)+len(m.Body)/8)+len(locales)*readingRoom)
	buf = appendHead(append(buf, envelopeHead...), &m)
	head := len(buf)
	buf = append(buf, "null"...)
	tail := len(buf)
	buf = appendEnvelopeTail(appendTail(buf, &m), &m)
	end := len(buf)
	ends := make([]int, len(locales))
	var before, after int // the reading on both sides of its first sentence
	for i, locale := range locales {
		buf = append(buf, buf[:head]...)
		if i == 0 {
			start := len(buf)
			buf = appendReadingHead(buf, m.Reading)
			before, after = start, len(buf)
		} else {
			buf = append(buf, buf[before:after]...)
		}
		buf = appendReadingTail(appendSentence(buf, m.Reading, locale), m.Reading)
		buf = append(buf, buf[tail:end]...)
		ends[i] = len(buf)
	}
	views = make([]json.RawMessage, len(locales))
	start := end
	for i, stop := range ends {
		views[i] = buf[start:stop:stop]
		start = stop
	}
	return buf[:end:end], views
}

// ReadingEnvelopes returns the envelope of another reading of a message, without it, and, if there is one that anybody may see, with
// it in the order of Views.
func ReadingEnvelopes(m message.Message) (bare json.RawMessage, views []json.RawMessage) {
	bare = appendReadingEnvelopeTail(append(make([]byte, 0, envelopeRoom), readingHead+"null"...), &m)
	if m.Reading == nil || m.Share == account.ShareOff {
		return bare, nil
	}
	for _, locale := range Views() {
		buf := append(make([]byte, 0, envelopeRoom+readingRoom), readingHead...)
		views = append(views, appendReadingEnvelopeTail(AppendReading(buf, m.Reading, locale), &m))
	}
	return bare, views
}

func appendReadingEnvelopeTail(dst []byte, m *message.Message) []byte {
	dst = appendInt(append(dst, `,"rev":`...), m.Rev)
	dst = appendInt(append(dst, `,"room":`...), int64(m.Room))
	dst = appendInt(append(dst, `,"seq":`...), m.Seq)
	return append(dst, `,"type":"reading"}`...)
}

// AppendAck appends the answer to a message that was stored.
func AppendAck(dst []byte, m message.Message) []byte {
	dst = appendUUID(append(dst, `{"clientId":`...), m.ClientID)
	dst = appendInt(append(dst, `,"rev":`...), m.Rev)
	dst = appendInt(append(dst, `,"room":`...), int64(m.Room))
	dst = jsontext.AppendTime(append(dst, `,"sentAt":`...), m.SentAt)
	dst = appendInt(append(dst, `,"seq":`...), m.Seq)
	return append(dst, `,"type":"ack"}`...)
}

const (
	envelopeHead = `{"message":`
	readingHead  = `{"reading":`
	envelopeRoom = 320 // bytes that an envelope takes beside its body and its reading, nearly always
	readingRoom  = 448
)

func appendEnvelopeTail(dst []byte, m *message.Message) []byte {
	dst = appendInt(append(dst, `,"room":`...), int64(m.Room))
	return append(dst, `,"type":"message"}`...)
}

// appendHead writes a message up to its reading, and appendTail what follows.
func appendHead(dst []byte, m *message.Message) []byte {
	dst = jsontext.AppendString(append(dst, `{"body":`...), m.Body)
	dst = appendUUID(append(dst, `,"clientId":`...), m.ClientID)
	dst = appendTimeOrNull(append(dst, `,"deletedAt":`...), m.DeletedAt)
	dst = appendTimeOrNull(append(dst, `,"editedAt":`...), m.EditedAt)
	dst = jsontext.AppendString(append(dst, `,"kind":`...), string(m.Kind))
	dst = append(dst, `,"line":`...)
	if m.Line == nil {
		dst = append(dst, "null"...)
	} else {
		dst = appendAny(dst, line(*m.Line)) // too rare to be worth a writer of its own
	}
	dst = append(dst, `,"reactions":[`...)
	for i, r := range m.Reactions {
		dst = jsontext.AppendString(append(comma(dst, i), `{"emoji":`...), r.Emoji)
		dst = append(dst, `,"users":[`...)
		for j, user := range r.Users {
			dst = appendInt(comma(dst, j), int64(user))
		}
		dst = append(dst, "]}"...)
	}
	return append(dst, `],"reading":`...)
}

func appendTail(dst []byte, m *message.Message) []byte {
	dst = append(dst, `,"replyTo":`...)
	if m.ReplyTo == nil {
		dst = append(dst, "null"...)
	} else {
		dst = appendInt(dst, *m.ReplyTo)
	}
	dst = appendInt(append(dst, `,"rev":`...), m.Rev)
	dst = appendInt(append(dst, `,"sender":`...), int64(m.Sender))
	dst = jsontext.AppendTime(append(dst, `,"sentAt":`...), m.SentAt)
	dst = appendInt(append(dst, `,"seq":`...), m.Seq)
	return append(dst, '}')
}

// AppendReading appends a reading: the JSON of Reading.
func AppendReading(dst []byte, r *emotion.Reading, locale account.Locale) []byte {
	return appendReadingTail(appendSentence(appendReadingHead(dst, r), r, locale), r)
}

// appendSentence writes the sentence in its quotes. Our own sentences need no escaping.
func appendSentence(dst []byte, r *emotion.Reading, locale account.Locale) []byte {
	if r.Said != (emotion.Said{}) {
		return jsontext.AppendString(dst, emotion.Sentence(*r, string(locale)))
	}
	return append(emotion.AppendSentence(append(dst, '"'), r, string(locale)), '"')
}

// appendReadingHead writes a reading up to its sentence, and appendReadingTail what follows.
func appendReadingHead(dst []byte, r *emotion.Reading) []byte {
	dst = jsontext.AppendFloat(append(dst, `{"confidence":`...), r.Confidence)
	dst = jsontext.AppendString(append(dst, `,"engine":`...), r.Engine)
	dst = append(dst, `,"evidence":[`...)
	for i, span := range r.Evidence {
		dst = appendInt(append(comma(dst, i), `{"end":`...), int64(span.End))
		dst = append(appendInt(append(dst, `,"start":`...), int64(span.Start)), '}')
	}
	dst = append(dst, `],"fine":[`...)
	for i, name := range r.Fine {
		dst = jsontext.AppendString(comma(dst, i), name)
	}
	dst = jsontext.AppendFloat(append(dst, `],"intensity":`...), r.Intensity)
	dst = jsontext.AppendString(append(dst, `,"label":`...), string(r.Label))
	dst = append(dst, `,"labels":[`...)
	for i, label := range r.Labels {
		dst = jsontext.AppendString(comma(dst, i), string(label))
	}
	dst = strconv.AppendBool(append(dst, `],"love":`...), r.Love)
	dst = append(dst, `,"scores":[`...)
	best, labels := top(&r.Scores), emotion.Labels()
	for i, l := range best {
		dst = jsontext.AppendString(append(comma(dst, i), `{"label":`...), string(labels[l]))
		dst = append(jsontext.AppendFloat(append(dst, `,"score":`...), r.Scores[l]), '}')
	}
	return append(dst, `],"sentence":`...)
}

func appendReadingTail(dst []byte, r *emotion.Reading) []byte {
	dst = strconv.AppendBool(append(dst, `,"unclear":`...), r.Unclear)
	dst = jsontext.AppendFloat(append(dst, `,"valence":`...), r.Valence)
	dst = jsontext.AppendString(append(dst, `,"version":`...), r.Version)
	return append(dst, '}')
}

// comma separates the element with index i from the one before it.
func comma(dst []byte, i int) []byte {
	if i == 0 {
		return dst
	}
	return append(dst, ',')
}

func appendInt(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

func appendTimeOrNull(dst []byte, t *time.Time) []byte {
	if t == nil {
		return append(dst, "null"...)
	}
	return jsontext.AppendTime(dst, *t)
}

// appendUUID writes what clientID makes of a text.
func appendUUID(dst []byte, text string) []byte {
	if plainUUID(text) {
		return append(append(append(dst, '"'), text...), '"')
	}
	return append(append(append(dst, '"'), clientID(text).String()...), '"')
}

// plainUUID knows the form in which client ids are stored.
func plainUUID(text string) bool {
	if len(text) != 36 {
		return false
	}
	for i := range len(text) {
		switch c := text[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case c-'0' > 9 && c-'a' > 'f'-'a':
			return false
		}
	}
	return true
}

// appendAny is for what is rarely sent. Generated types cannot fail to marshal; if one ever does, that is a bug to be seen.
func appendAny(dst []byte, value any) []byte {
	data, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("wire: encode %T: %v", value, err))
	}
	return append(dst, data...)
}

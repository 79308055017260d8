package ws

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/fault"
)

var (
	errFrame   = fault.New(fault.Invalid, "frame.invalid", "This is not an envelope that a client may send.")
	errTooMany = fault.New(fault.TooMany, "frame.too_many", "Too many envelopes at once.").WithRetryAfter(time.Second)
)

// maxEpoch is how long the name of an epoch may be.
const maxEpoch = 64

// command is any ClientEnvelope of openapi.yaml; which fields it has, its type says.
type command struct {
	Type     string `json:"type"`
	Room     int64  `json:"room"`
	ClientID string `json:"clientId"`
	Body     string `json:"body"`
	ReplyTo  *int64 `json:"replyTo"`
	SinceRev *int64 `json:"sinceRev"`
	Epoch    string `json:"epoch"`
	Seq      int64  `json:"seq"`
}

// decode reads one envelope of a client. What it returns has a known type and a room; what a message needs besides is
// checked where it is sent. Errors are errFrame with the field that is wrong. With an error the command holds
// what could be read, for the answer. It keeps nothing of the frame.
func decode(frame []byte) (command, error) {
	c, ok := scan(frame)
	if !ok {
		var err error
		if c, err = parse(frame); err != nil {
			return c, err
		}
	}
	switch c.Type {
	case string(openapi.MessageCommandTypeMessage), string(openapi.CloseCommandTypeClose), string(openapi.TypingCommandTypeTyping):
	case string(openapi.EnterCommandTypeEnter):
		if c.SinceRev != nil && *c.SinceRev < 0 {
			return c, errFrame.WithField("sinceRev", "must not be negative")
		}
		if len(c.Epoch) > maxEpoch {
			return c, errFrame.WithField("epoch", "is too long")
		}
	case string(openapi.ReadCommandTypeRead):
		if c.Seq < 1 {
			return c, errFrame.WithField("seq", "must be at least 1")
		}
	default:
		return c, errFrame.WithField("type", "must be message, enter, close, read or typing")
	}
	if c.Room < 1 {
		return c, errFrame.WithField("room", "must be the id of a room")
	}
	return c, nil
}

// parse reads whatever JSON allows.
func parse(frame []byte) (command, error) {
	var c command
	d := json.NewDecoder(bytes.NewReader(frame))
	if err := d.Decode(&c); err != nil {
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
			return c, errFrame.WithField(wrong.Field, "must not be a "+wrong.Value)
		}
		return c, errFrame.WithField("frame", "must be one JSON object")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return c, errFrame.WithField("frame", "must be one JSON object")
	}
	return c, nil
}

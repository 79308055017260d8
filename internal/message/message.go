// Package message owns what was said: sending, editing, taking back, reactions, and the history by seq and rev.
package message

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/room"
	"github.com/google/uuid"
	"github.com/rivo/uniseg"
)

// MaxBody is the greatest length of a message in code points.
const MaxBody = 4000

// Kind says who wrote a message.
type Kind string

// The kinds of messages.
const (
	Text   Kind = "text"   // its sender
	System Kind = "system" // the server
)

// Message is one message in its present form.
type Message struct {
	Room      room.ID
	Seq       int64 // its place in the room, from 1, without gaps
	Rev       int64 // the room's count of changes when this message last changed
	Kind      Kind
	Sender    account.ID
	ClientID  string
	Body      string     // empty in a tombstone and in a line
	Line      *room.Line // what a system message says; nil in others
	ReplyTo   *int64     // the seq of the message it answers
	SentAt    time.Time
	EditedAt  *time.Time
	DeletedAt *time.Time
	Reactions []Reaction
	Reading   *emotion.Reading      // nil when there is none
	Share     account.ShareReadings // who may see the reading: the sender's present choice, or nobody where room or operator say so
	Reach     emotion.Reach         // how far it may go to be read
}

// Reaction is an emoji under a message and the people who put it there, the first one first.
type Reaction struct {
	Emoji string
	Users []account.ID
}

// Draft is a message before it is sent.
type Draft struct {
	ClientID string // a UUID
	Body     string
	ReplyTo  *int64
}

// Posted is published after a new message is committed, in the order of seq within its room.
type Posted struct{ Message Message }

// Changed is published after a change of a message is committed, in the order of rev within its room.
type Changed struct {
	Message  Message
	Reworded bool // it says something else now
}

// What can go wrong.
var (
	ErrNotFound  = fault.New(fault.NotFound, "message.not_found", "There is no such message in this room.")
	ErrNotYours  = fault.New(fault.Forbidden, "message.not_yours", "Only its sender may do that.")
	ErrDeleted   = fault.New(fault.Conflict, "message.deleted", "This message was taken back.")
	ErrSystem    = fault.New(fault.Conflict, "message.system", "The room itself says this; it stays as it is.")
	ErrReply     = fault.ErrInvalid.WithField("body.replyTo", "names no message of this room")
	ErrReactions = fault.New(fault.Conflict, "message.reactions_full", "There are too many different reactions under this message.")
	// ErrNotStored means that the outcome is unknown or negative: send again with the same client id.
	ErrNotStored = fault.New(fault.Unavailable, "message.not_stored", "The message could not be stored just now. Try again; nothing is sent twice.").WithRetryAfter(time.Second)
	// ErrNotRecorded means the same of a change of the room.
	ErrNotRecorded = fault.New(fault.Unavailable, "room.not_stored", "This could not be stored just now. Look at the room and try again.").WithRetryAfter(time.Second)
)

func (d Draft) check() error {
	if _, err := uuid.Parse(d.ClientID); err != nil || len(d.ClientID) != 36 {
		return fault.ErrInvalid.WithField("body.clientId", "must be a UUID")
	}
	if d.ReplyTo != nil && *d.ReplyTo < 1 {
		return ErrReply
	}
	return checkBody(d.Body)
}

func checkBody(body string) error { return CheckText(body, "body.body") }

// CheckText returns fault.ErrInvalid, naming the field, for what is no text of a message.
func CheckText(body, field string) error {
	reason := ""
	switch {
	case !utf8.ValidString(body):
		reason = "must be valid UTF-8"
	case strings.TrimFunc(body, isBlank) == "":
		reason = "must not be empty or only white space"
	case utf8.RuneCountInString(body) > MaxBody:
		reason = "must be at most 4000 code points long"
	case strings.ContainsFunc(body, isControl):
		reason = "must not contain control characters"
	}
	if reason != "" {
		return fault.ErrInvalid.WithField(field, reason)
	}
	return nil
}

// isBlank also counts what is not white space to Unicode but shows nothing: zero-width marks, Hangul fillers.
func isBlank(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || r == 'ᅟ' || r == 'ᅠ' || r == 'ㅤ' || r == 'ﾠ'
}

func isControl(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' }

// checkEmoji accepts one user-perceived character that is drawn as an emoji.
func checkEmoji(emoji string) error {
	cluster, rest, _, _ := uniseg.FirstGraphemeClusterInString(emoji, -1)
	if cluster == "" || rest != "" || len(emoji) > 32 || !strings.ContainsFunc(emoji, isPictograph) {
		return fault.ErrInvalid.WithField("path.emoji", "must be one emoji")
	}
	return nil
}

func isPictograph(r rune) bool {
	return unicode.Is(unicode.So, r) || r == '\u20e3' || r == '\u203c' || r == '\u2049' || r >= 0x1F000 && r <= 0x1FAFF
}

package chaos

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// row is a message as the server shows it to a client. These types are read from openapi.yaml and share nothing with the
// server's own: what the two disagree about is a finding.
type row struct {
	Seq       int64      `json:"seq"`
	Rev       int64      `json:"rev"`
	Kind      string     `json:"kind"`
	Sender    int64      `json:"sender"`
	ClientID  string     `json:"clientId"`
	Body      string     `json:"body"`
	Line      *line      `json:"line"`
	ReplyTo   *int64     `json:"replyTo"`
	SentAt    time.Time  `json:"sentAt"`
	EditedAt  *time.Time `json:"editedAt"`
	DeletedAt *time.Time `json:"deletedAt"`
	Reactions []reaction `json:"reactions"`
	Reading   *reading   `json:"reading"`
}

type line struct {
	Code string `json:"code"`
	User int64  `json:"user"`
}

type reaction struct {
	Emoji string  `json:"emoji"`
	Users []int64 `json:"users"`
}

type reading struct {
	Label string `json:"label"`
}

// String is everything about a row that must be the same wherever it is seen. Who reacted first is no part of it.
func (r row) String() string {
	out := fmt.Sprintf("seq %d rev %d %s of %d %s %q sent %s", r.Seq, r.Rev, r.Kind, r.Sender, strings.ToLower(r.ClientID), r.Body, stamp(&r.SentAt))
	if r.ReplyTo != nil {
		out += fmt.Sprintf(" re %d", *r.ReplyTo)
	}
	if r.Line != nil {
		out += fmt.Sprintf(" line %s %d", r.Line.Code, r.Line.User)
	}
	if r.EditedAt != nil {
		out += " edited " + stamp(r.EditedAt)
	}
	if r.DeletedAt != nil {
		out += " deleted " + stamp(r.DeletedAt)
	}
	for _, reacted := range sorted(r.Reactions) {
		out += fmt.Sprintf(" %s%v", reacted.Emoji, reacted.Users)
	}
	if r.Reading != nil {
		out += " read as " + r.Reading.Label
	}
	return out
}

func stamp(t *time.Time) string { return t.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano) }

func sorted(reactions []reaction) []reaction {
	list := slices.Clone(reactions)
	for i := range list {
		list[i].Users = slices.Sorted(slices.Values(list[i].Users))
	}
	slices.SortFunc(list, func(a, b reaction) int { return cmp.Compare(a.Emoji, b.Emoji) })
	return list
}

// changed is when the row got its present form, as far as it says so.
func (r row) changed() time.Time {
	at := r.SentAt
	for _, later := range []*time.Time{r.EditedAt, r.DeletedAt} {
		if later != nil && later.After(at) {
			at = *later
		}
	}
	return at
}

// envelope is any envelope of the server, and a page of history too.
type envelope struct {
	Type       string `json:"type"`
	Room       int64  `json:"room"`
	ClientID   string `json:"clientId"`
	Code       string `json:"code"`
	RetryAfter *int   `json:"retryAfter"`
	Seq        int64  `json:"seq"`
	Rev        int64  `json:"rev"`
	Change     string `json:"change"`
	Reason     string `json:"reason"`
	LastSeq    int64  `json:"lastSeq"`
	LastRev    int64  `json:"lastRev"`
	Messages   []row  `json:"messages"`
	HasMore    bool   `json:"hasMore"`
	Message    *row   `json:"message"`
	User       any    `json:"user"` // an id, or a person
	Online     bool   `json:"online"`
}

// about tells whether a room's change is about this user.
func (e envelope) about(user int64) bool {
	id, ok := e.User.(float64)
	return ok && int64(id) == user
}

type page struct {
	Items   []row `json:"items"`
	LastSeq int64 `json:"lastSeq"`
	LastRev int64 `json:"lastRev"`
	HasMore bool  `json:"hasMore"`
}

type command struct {
	Type     string `json:"type"`
	Room     int64  `json:"room"`
	ClientID string `json:"clientId,omitempty"`
	Body     string `json:"body,omitempty"`
	ReplyTo  *int64 `json:"replyTo,omitempty"`
	SinceRev *int64 `json:"sinceRev,omitempty"`
	Seq      int64  `json:"seq,omitempty"`
}

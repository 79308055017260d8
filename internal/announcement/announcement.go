// Package announcement owns what the operator tells everybody: whom it is for, when it goes out, and whom it has reached.
package announcement

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/name"
)

// ID identifies an announcement.
type ID int64

// State says how far an announcement has come.
type State string

// The states. What is withdrawn stays so.
const (
	Scheduled State = "scheduled"
	Published State = "published"
	Withdrawn State = "withdrawn"
)

// Audience is whom an announcement is for, as they are when it reaches them; what is empty bounds nothing.
type Audience struct {
	Role   account.Role
	Locale account.Locale
}

// Draft is what an admin wants to announce.
type Draft struct {
	Title, Body string
	Audience    Audience
	At          *time.Time // when; nil, or a time that has passed, is now
}

// Announcement is what was announced, or will be.
type Announcement struct {
	ID          ID
	Title, Body string
	Audience    Audience
	State       State
	PublishAt   time.Time // when it goes out or went out
	CreatedAt   time.Time
}

// Overview is an announcement with what admins know besides.
type Overview struct {
	Announcement
	CreatedBy *account.Person // nil when their account is gone
	Delivered int64           // how many people were sent it
	Read      int64           // how many of them read it
}

// Received is an announcement as one of those sees it whom it is for.
type Received struct {
	Announcement
	ReadAt *time.Time // nil: unread
}

// Sent is published when an announcement is on its way to people who were not sent it before.
type Sent struct {
	Announcement Announcement
	To           []account.ID
}

// What can go wrong.
var (
	ErrUnknown = fault.New(fault.NotFound, "announcement.not_found", "There is no such announcement.")
	ErrState   = fault.New(fault.Conflict, "announcement.state", "The announcement is out already, or withdrawn.")
)

const (
	maxTitle = 100  // code points
	maxBody  = 2000 // code points
	// furthest is how far ahead something may be announced.
	furthest = 366 * 24 * time.Hour
)

// normal returns the draft as it is stored, or a fault that names every wrong field.
func (d Draft) normal(now time.Time) (Draft, error) {
	invalid := fault.ErrInvalid
	wrong := func(field, reason string) {
		if reason != "" {
			invalid = invalid.WithField("body."+field, reason)
		}
	}
	var reason string
	d.Title, reason = name.Normal(d.Title, maxTitle)
	wrong("title", reason)
	d.Body, reason = normalBody(d.Body)
	wrong("body", reason)
	if r := d.Audience.Role; r != "" && r != account.RoleUser && r != account.RoleAdmin {
		wrong("audience.role", "must be user or admin")
	}
	if l := d.Audience.Locale; l != "" && !l.Valid() {
		wrong("audience.locale", "is not a language we speak")
	}
	if d.At != nil && d.At.After(now.Add(furthest)) {
		wrong("publishAt", "must be at most a year from now")
	}
	if len(invalid.Fields) > 0 {
		return Draft{}, invalid
	}
	return d, nil
}

// normalBody returns the form in which a text of several lines is stored, and a reason when it is none.
func normalBody(text string) (normal, wrong string) {
	normal = norm.NFC.String(strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")))
	switch {
	case !utf8.ValidString(normal):
		return "", "must be valid UTF-8"
	case strings.ContainsFunc(normal, isControl):
		return "", "must not contain control characters"
	case name.IsBlank(normal):
		return "", "must not be blank"
	case utf8.RuneCountInString(normal) > maxBody:
		return "", fmt.Sprintf("must be at most %d characters long", maxBody)
	}
	return normal, ""
}

func isControl(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

// facts are what the audit keeps of an announcement.
func (a Announcement) facts() []audit.Fact {
	return []audit.Fact{
		{Field: "title", Value: a.Title},
		{Field: "body", Value: a.Body},
		{Field: "role", Value: string(a.Audience.Role)},
		{Field: "locale", Value: string(a.Audience.Locale)},
		{Field: "publishAt", Value: a.PublishAt.Format(time.RFC3339Nano)},
		{Field: "state", Value: string(a.State)},
	}
}

func (a Announcement) target() audit.Target {
	return audit.Target{Type: audit.Announcement, ID: int64(a.ID)}
}

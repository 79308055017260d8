// Package account owns people: their profile, their settings, the forms in which names are compared, and password hashes.
package account

import (
	"time"

	"github.com/emosation/emosation/internal/fault"
)

// ID identifies a person for ever. E-mails and nicknames change; nothing is keyed by them.
type ID int64

// Locale is the language a person reads.
type Locale string

// The languages the program speaks.
const (
	Korean  Locale = "ko"
	English Locale = "en"
)

// Valid tells whether it is one of the languages above.
func (l Locale) Valid() bool { return l == Korean || l == English }

// ShareReadings is a person's choice of who may see how their messages were probably meant.
type ShareReadings string

// The choices. With ShareOff no reading of the person's messages is ever computed.
const (
	ShareEveryone ShareReadings = "everyone"
	ShareSelf     ShareReadings = "self"
	ShareOff      ShareReadings = "off"
)

// Valid tells whether it is one of the choices above.
func (s ShareReadings) Valid() bool { return s == ShareEveryone || s == ShareSelf || s == ShareOff }

// Role says what a person may do beside what everybody may.
type Role string

// The roles. Everybody begins as RoleUser; an operator makes the first admin, and admins make others.
const (
	RoleUser  Role = "user"
	RoleAdmin Role = "admin" // looks after accounts and places
)

// State says whether somebody can use their account.
type State string

// The states.
const (
	Active      State = "active"
	MustReset   State = "must_reset"  // restored, and has to set a new password first
	Deactivated State = "deactivated" // closed: to others they are somebody who has left, without a name
)

// User is a person as only they themselves see it.
type User struct {
	ID    ID
	Email string
	// EmailVerified is whether a mailed link has proven that the address is theirs.
	EmailVerified bool
	Nickname      string
	Role          Role
	State         State
	Locale        Locale
	ShareReadings ShareReadings
	ShowReadings  bool // whether readings are shown to this person
	// CalibrateReadings is whether their corrections teach how their later messages are read.
	CalibrateReadings bool
	CreatedAt         time.Time
}

// Person is what others see of a user.
type Person struct {
	ID       ID
	Nickname string
}

// Person returns the part of a user that others may see.
func (u User) Person() Person { return Person{ID: u.ID, Nickname: u.Nickname} }

// Change names what to change in a profile; nil leaves it as it is.
type Change struct {
	Nickname          *string
	Locale            *Locale
	ShareReadings     *ShareReadings
	ShowReadings      *bool
	CalibrateReadings *bool
}

// SettingsChanged is published after a profile or its settings became different, with the user as they are now.
type SettingsChanged struct {
	User User
}

// What can go wrong.
var (
	ErrUnknown    = fault.New(fault.NotFound, "account.unknown", "There is no such person.")
	ErrAdminOnly  = fault.New(fault.Forbidden, "auth.admin_only", "Only an admin may do that.")
	ErrClosed     = fault.New(fault.Unauthenticated, "auth.session_ended", "This session has ended. Sign in again.")
	ErrState      = fault.New(fault.Conflict, "account.state", "The account is not in a state for that.")
	ErrOwn        = fault.New(fault.Conflict, "account.own", "That cannot be done to your own account here.")
	ErrLastAdmin  = fault.New(fault.Conflict, "account.last_admin", "There would be no admin left.")
	ErrEmailTaken = fault.New(fault.Conflict, "account.email_taken", "This e-mail has an account already.")
)

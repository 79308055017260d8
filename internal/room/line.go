package room

import (
	"time"

	"github.com/emosation/emosation/internal/account"
	"gorm.io/gorm"
)

// LineCode says what a system line tells.
type LineCode string

// The codes, and which fields of the line they use.
const (
	LineCreated         LineCode = "created"
	LineClosed          LineCode = "closed"  // by the host
	LineEmptied         LineCode = "emptied" // the last member left
	LineExpired         LineCode = "expired" // its time was over
	LineJoined          LineCode = "joined"  // User
	LineLeft            LineCode = "left"    // User
	LineKicked          LineCode = "kicked"  // User
	LineHost            LineCode = "host"    // User
	LineRenamed         LineCode = "renamed" // Title
	LineCapacity        LineCode = "capacity"
	LinePasswordSet     LineCode = "password_set"
	LinePasswordRemoved LineCode = "password_removed"
	LinePhase           LineCode = "phase"           // Phase
	LineExtended        LineCode = "extended"        // Number of hours, Time of the new end
	LineWarning         LineCode = "warning"         // Number of minutes left
	LineArrived         LineCode = "arrived"         // at the box
	LineOrderConfirmed  LineCode = "order_confirmed" // Number of won
	LineReceived        LineCode = "received"        // User
	LineBoxOpened       LineCode = "box_opened"      // User
	LineDrawn           LineCode = "drawn"           // Users
	LineReadingsOn      LineCode = "readings_on"     // User
	LineReadingsLocal   LineCode = "readings_local"  // User
	LineReadingsOff     LineCode = "readings_off"    // User
)

// Line is what the server writes into a room's history about what happened there. It is stored as JSON and says
// nothing in words, so that each reader sees it in their own.
type Line struct {
	Code   LineCode     `json:"code"`
	User   account.ID   `json:"user,omitempty"`
	Users  []account.ID `json:"users,omitempty"`
	Title  string       `json:"title,omitempty"`
	Number int64        `json:"number,omitempty"`
	Phase  Phase        `json:"phase,omitempty"`
	Time   *time.Time   `json:"time,omitempty"`
}

// Record is what a step did to a room that it holds under its lock or has just created.
type Record struct {
	Room   *Room // its counters are moved by whoever carries the step out; nil when nothing was done
	Actor  account.ID
	Lines  []Line
	Events []any // published after the commit, before the lines
}

// Step is one change of a room, done in one transaction. It may be run again after a deadlock, so it does nothing that a
// rollback does not undo.
type Step func(tx *gorm.DB, now time.Time) (Record, error)

// Sender returns in whose name the lines stand: the actor's, or the host's when nobody acted, or the creator's when
// there is no host any more.
func (r Record) Sender() account.ID {
	switch {
	case r.Actor != 0:
		return r.Actor
	case r.Room.Host != 0:
		return r.Room.Host
	default:
		return r.Room.creator
	}
}

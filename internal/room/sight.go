package room

import "time"

// Sight is a room as it was when somebody who is joined in it looked: what decides which of its history they may be shown, and
// whether what is remembered of that history is still right.
type Sight struct {
	ID                           ID
	State                        State
	LastSeq, LastRev, MembersRev int64
	CreatedAt                    time.Time
}

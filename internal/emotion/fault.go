package emotion

import "github.com/emosation/emosation/internal/fault"

// Why there is nothing to show, for all domains that show readings.
var (
	// ErrOff means that operator, room or author want no readings of what was asked about.
	ErrOff = fault.New(fault.Conflict, "emotion.off", "No messages are read here.")
	// ErrHidden means that whoever asks does not want to see readings.
	ErrHidden = fault.New(fault.Conflict, "emotion.hidden", "You have chosen to see no readings.")
)

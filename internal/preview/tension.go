package preview

import (
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
)

// An exchange is tense when the draft is hot, and so were at least two of the last few messages, not long ago, one of them somebody
// else's: whoever is only angry about something tells it to people who answer calmly.
const (
	lastMessages = 6
	lately       = 15 * time.Minute
	mostCalm     = 1 // hot messages that make no quarrel
)

// hotFrom is how probable it must be that a message is meant in anger or disgust.
const hotFrom = 0.5

func hot(r emotion.Reading) bool {
	return (r.Label == emotion.Anger || r.Label == emotion.Disgust) && !r.Unclear && r.Confidence >= hotFrom
}

// tense tells whether the latest messages are a quarrel, by the readings of them that somebody may see.
func tense(latest []message.Message, who account.ID, now time.Time) bool {
	count, others := 0, false
	for _, m := range latest {
		if m.Reading == nil || !message.MaySee(m.Share, m.Sender, who) || now.Sub(m.SentAt) > lately || !hot(*m.Reading) {
			continue
		}
		count++
		others = others || m.Sender != who
	}
	return count > mostCalm && others
}

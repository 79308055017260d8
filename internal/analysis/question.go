package analysis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/openai"
	"github.com/emosation/emosation/internal/room"
)

const (
	// farthest is how many places may lie between messages that are asked about together: the context is what was said before the
	// first of them.
	farthest = 8
	// lookBack is how many places before the first the context is looked for in. Some may hold what must not be sent.
	lookBack = 24
)

// spoken is a message whose text may leave this server.
type spoken struct {
	Seq       int64
	SenderID  account.ID
	Body      string
	CreatedAt time.Time
	feeling   emotion.Label // empty where it is unclear, or not for everybody to see
}

// question is what the engine is asked about a room.
type question struct {
	room room.ID
	// about is what waits and is dealt with by this question, including what it leaves out because it is outdated.
	about    []waiting
	outdated int
	// context was said before messages, both in the order of seq.
	context, messages []spoken
}

// together returns the first of what waits in a room, as far as it was said within a short time.
func together(list []waiting) []waiting {
	for i := 1; i < len(list); i++ {
		if list[i].seq-list[i-1].seq > farthest {
			return list[:i]
		}
	}
	return list
}

// load makes the question about messages. It leaves out whatever must not be read remotely now, or must not when it was written, and
// what a remote engine or the author has read already.
func load(ctx context.Context, db *gorm.DB, id room.ID, about []waiting) (question, error) {
	q := question{room: id, about: about, outdated: len(about)}
	db = db.WithContext(ctx)
	var at struct {
		State       room.State
		Readings    room.Readings
		RemoteAfter int64
	}
	if err := db.Table("rooms").Select("state, readings, remote_after").Where("id = ?", id).Scan(&at).Error; err != nil {
		return q, fmt.Errorf("load room %d for the remote engine: %w", id, err)
	}
	if at.State != room.Open || emotion.RoomReach(emotion.ModeOpenAI, at.Readings) != emotion.Remote {
		return q, nil
	}
	first, last := about[0].seq, about[len(about)-1].seq
	var rows []struct {
		Spoken        spoken `gorm:"embedded"`
		ShareReadings account.ShareReadings
	}
	err := db.Table("messages AS m").Select("m.seq, m.sender_id, m.body, m.created_at, u.share_readings").
		Joins("JOIN users u ON u.id = m.sender_id AND u.state <> ?", account.Deactivated).
		Where("m.room_id = ? AND m.seq BETWEEN ? AND ? AND m.kind = ? AND m.deleted_at IS NULL", id, max(first-lookBack, at.RemoteAfter+1), last, message.Text).
		Order("m.seq").Scan(&rows).Error
	if err != nil {
		return q, fmt.Errorf("load messages of room %d for the remote engine: %w", id, err)
	}
	seqs := make([]int64, len(rows))
	for i, row := range rows {
		seqs[i] = row.Spoken.Seq
	}
	readings, err := emotion.LoadReadings(db, int64(id), seqs)
	if err != nil {
		return q, fmt.Errorf("load readings of room %d: %w", id, err)
	}
	for _, row := range rows {
		reading, read := readings[row.Spoken.Seq]
		if row.ShareReadings == account.ShareEveryone && !reading.Unclear {
			row.Spoken.feeling = reading.Label
		}
		switch {
		case !read: // its author, or the room, did not want it to be when it was written
		case emotion.Allowed(emotion.ModeOpenAI, at.Readings, row.ShareReadings) != emotion.Remote:
		case row.Spoken.Seq < first:
			q.context = append(q.context, row.Spoken)
		case reading.Engine == emotion.EmbeddedEngine && slices.ContainsFunc(about, func(w waiting) bool { return w.seq == row.Spoken.Seq }):
			q.messages = append(q.messages, row.Spoken)
		}
	}
	q.context = q.context[max(0, len(q.context)-openai.MaxContext):]
	q.outdated = len(about) - len(q.messages)
	return q, nil
}

// asking returns the question as the engine takes it: numbers stand for messages and for people.
func (q *question) asking() openai.Conversation {
	c := openai.Conversation{Payers: make(map[int]int64)}
	speakers := make(map[account.ID]int)
	line := func(number int, m spoken) openai.Line {
		speaker, known := speakers[m.SenderID]
		if !known {
			speaker = len(speakers) + 1
			speakers[m.SenderID] = speaker
			c.Payers[speaker] = int64(m.SenderID)
		}
		return openai.Line{Number: number, Speaker: speaker, Text: m.Body, Feeling: m.feeling, At: m.CreatedAt}
	}
	for _, m := range q.context {
		c.Context = append(c.Context, line(0, m))
	}
	for i, m := range q.messages {
		c.Messages = append(c.Messages, line(i+1, m))
	}
	return c
}

// ask has the messages of a question read. The engine has asked again where that may help: what it has no reading of stays as it is.
func (s *Service) ask(ctx context.Context, q question) error {
	if len(q.messages) == 0 {
		return nil
	}
	results, err := s.answers(ctx, q.asking())
	if err != nil {
		return err
	}
	for i, m := range q.messages {
		if reason := results[i].Err; reason != nil {
			s.Queue.fell(outcome(reason.Kind), 1)
			continue
		}
		if err := s.improve(ctx, q.room, m, results[i].Reading); err != nil {
			return err
		}
	}
	return nil
}

// answers returns one result for each message in order, whatever happens, unless nothing can be said yet.
func (s *Service) answers(ctx context.Context, c openai.Conversation) ([]openai.Result, error) {
	s.Metrics.together.Observe(float64(len(c.Messages)))
	results, err := s.Engine.Read(ctx, c)
	if err == nil && len(results) == len(c.Messages) {
		return results, nil
	}
	reason, ok := errors.AsType[*openai.Error](err)
	switch {
	case ok:
	case err != nil:
		return nil, fmt.Errorf("ask the remote engine: %w", err)
	default:
		reason = &openai.Error{Kind: openai.Invalid}
	}
	results = make([]openai.Result, len(c.Messages))
	for i := range results {
		results[i].Err = reason
	}
	return results, nil
}

func (s *Service) improve(ctx context.Context, id room.ID, m spoken, reading emotion.Reading) error {
	err := s.Messages.Improve(ctx, message.Improvement{Room: id, Seq: m.Seq, Body: m.Body, Reading: reading})
	switch {
	case errors.Is(err, message.ErrOutdated):
		s.Metrics.count(outdated, 1)
	case err != nil:
		return fmt.Errorf("store a better reading: %w", err)
	default:
		s.Metrics.count(improved, 1)
	}
	return nil
}

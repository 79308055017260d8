package message

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/tracing"
	"go.uber.org/zap"
	"gorm.io/gorm"
)

// engine reads how a text was meant; it is quick enough to wait for.
type engine interface {
	// ReadAs reads the text of an author whose words lean like that; nil is nobody's bias.
	ReadAs(text string, bias *emotion.Bias) emotion.Reading
}

// publisher takes events after their commit. It is called from the writer, in the order of commits.
type publisher interface {
	Publish(ctx context.Context, event any)
	// Together runs fn; what is told to a connection meanwhile may reach it in one piece.
	Together(fn func())
}

// Service holds the use cases of messages. All methods may be called from many goroutines; sends, changes and records are
// carried out by the one that runs Run.
type Service struct {
	db       *gorm.DB
	operator emotion.Mode
	engine   engine
	events   publisher
	now      func() time.Time
	log      *zap.Logger
	queue    chan job
	memory   *room.Memory
	meter    *meter
	// forgetWhole is the constant, which tests lower.
	forgetWhole int

	messageRows *storage.Rows
	ledger      *emotion.Ledger
}

const (
	// maxBatch bounds a transaction: about what collects during one commit on a busy server.
	maxBatch = 500
	// queueSize bounds what waits for the writer; then those who send wait.
	queueSize = 4 * maxBatch
)

// NewService returns a service that stores nothing until Run is called.
func NewService(db *gorm.DB, operator emotion.Mode, engine engine, events publisher, now func() time.Time, log *zap.Logger) *Service {
	queue := make(chan job, queueSize)
	return &Service{
		db: db, operator: operator, memory: room.NewMemory(operator), engine: engine, events: events, now: now, log: log, queue: queue, meter: newMeter(queue), forgetWhole: forgetWhole,
		messageRows: storage.NewRows(db, messageRow{}.TableName(),
			"room_id", "seq", "rev", "kind", "sender_id", "reply_to", "client_id", "body", "created_at"),
		ledger: emotion.NewLedger(db),
	}
}

// job is one of the three.
type job struct {
	send   *sending
	change *change
	record *recording
}

// Run is the writer: it stores what is sent, changed and recorded, in the order in which it was asked, until ctx ends; what is
// still waiting then is refused as not stored. While one batch commits, the next one collects.
func (s *Service) Run(ctx context.Context) error {
	commit := context.WithoutCancel(ctx) // what has begun is finished: an unknown outcome helps nobody
	for ctx.Err() == nil {
		var jobs []job
		select {
		case first := <-s.queue:
			jobs = s.collect(first)
		case <-ctx.Done():
			continue
		}
		var sends []*sending
		for _, j := range jobs {
			if j.send != nil {
				sends = append(sends, j.send)
				continue
			}
			s.flush(commit, &sends)
			if j.change != nil {
				s.commitChange(commit, j.change)
			} else {
				s.commitRecord(commit, j.record)
			}
		}
		s.flush(commit, &sends)
	}
	s.refuse()
	return nil
}

func (s *Service) collect(first job) []job {
	jobs := []job{first}
	for len(jobs) < maxBatch {
		select {
		case next := <-s.queue:
			jobs = append(jobs, next)
		default:
			return jobs
		}
	}
	return jobs
}

func (s *Service) flush(ctx context.Context, sends *[]*sending) {
	if len(*sends) > 0 {
		s.commitSends(ctx, *sends)
		*sends = nil
	}
}

func (s *Service) refuse() {
	for {
		select {
		case j := <-s.queue:
			switch {
			case j.send != nil:
				s.meter.turnedAway(ErrNotStored)
				j.send.done(Sent{}, ErrNotStored)
			case j.change != nil:
				j.change.done <- ErrNotStored
			default:
				j.record.done <- ErrNotRecorded
			}
		default:
			return
		}
	}
}

// SendAsync checks a draft and hands it to the writer. done is called once, after the commit or the refusal, from
// the writer's goroutine, and must not block. Drafts of one caller keep their order. When the writer is busy this
// waits for a place, which is how a flood is slowed down.
func (s *Service) SendAsync(ctx context.Context, who account.ID, id room.ID, draft Draft, done func(Sent, error)) {
	arrived := s.now()
	if err := draft.check(); err != nil {
		s.meter.turnedAway(err)
		done(Sent{}, err)
		return
	}
	draft.ClientID = strings.ToLower(draft.ClientID)
	m := &sending{who: who, room: id, draft: draft, done: done, arrived: arrived, span: tracing.Of(ctx)}
	s.prepare(m)
	select {
	case s.queue <- job{send: m}:
	case <-ctx.Done():
		s.meter.turnedAway(ErrNotStored)
		done(Sent{}, ErrNotStored)
	}
}

// Send stores a message and returns after the commit. A repeated client id returns the message stored the first
// time, in its present form. Errors: room.ErrNotFound, room.ErrReadOnly, room.ErrClosed, ErrReply, ErrNotStored,
// fault.ErrInvalid.
func (s *Service) Send(ctx context.Context, who account.ID, id room.ID, draft Draft) (Sent, error) {
	type outcome struct {
		sent Sent
		err  error
	}
	result := make(chan outcome, 1)
	s.SendAsync(ctx, who, id, draft, func(sent Sent, err error) { result <- outcome{sent, err} })
	select {
	case o := <-result:
		if o.err != nil || !o.sent.Repeat {
			return o.sent, o.err
		}
		m, err := s.bySeq(s.db.WithContext(ctx), id, o.sent.Message.Seq)
		return Sent{Message: m, Repeat: true}, err
	case <-ctx.Done():
		return Sent{}, ErrNotStored
	}
}

// Doubt drops what is remembered of a room, because somebody there may want their messages to be read otherwise from now on.
func (s *Service) Doubt(id room.ID) { s.memory.Forget(id) }

// Saw is Doubt if what is remembered of a room is older than what somebody has just seen of it.
func (s *Service) Saw(at room.Sight) { s.memory.Saw(at.ID, at.MembersRev) }

func (s *Service) bySeq(db *gorm.DB, id room.ID, seq int64) (Message, error) {
	list, err := load(db, s.operator, id, selectMessages(db).Where("m.room_id = ? AND m.seq = ?", id, seq))
	if err != nil {
		return Message{}, fmt.Errorf("load message %d of room %d: %w", seq, id, err)
	}
	if len(list) == 0 {
		return Message{}, ErrNotFound
	}
	return list[0], nil
}

// timestamp is now in the precision that the database keeps.
func (s *Service) timestamp() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

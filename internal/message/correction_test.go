package message_test

import (
	"sync"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/calibration"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
	"github.com/stretchr/testify/require"
)

func TestTheWordOfTheAuthorIsShownUntilItIsWithdrawn(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w = w.open(t)
		a, b, id := w.pair(t)
		m := w.send(t, a, id, "well done")
		w.publishes(t, id, 1)
		guessed := *m.Reading
		joke := emotion.Correction{Label: emotion.Joy, Fine: "amusement"}

		said, err := w.messages.Correct(t.Context(), a, id, m.Seq, joke)
		require.NoError(t, err)
		require.Equal(t, joke.Reading(), *said.Reading)
		require.Equal(t, m.Rev+1, said.Rev)
		require.Equal(t, []message.Message{said}, w.history(t, b, id, message.Cursor{SinceRev: &m.Rev}).Items)
		again, err := w.messages.Correct(t.Context(), a, id, m.Seq, joke)
		require.NoError(t, err)
		require.Equal(t, said, again)

		require.NoError(t, w.messages.Improve(t.Context(), remote(m)), "the guess behind it may still become better")
		require.Equal(t, []message.Message{said}, w.history(t, b, id, message.Cursor{SinceRev: &m.Rev}).Items)
		w.publishes(t, id, 2)
		require.IsType(t, message.Reread{}, w.events.All()[len(w.events.All())-1])

		taken, err := w.messages.Withdraw(t.Context(), a, id, m.Seq)
		require.NoError(t, err)
		require.Equal(t, remote(m).Reading, *taken.Reading)
		require.NotEqual(t, guessed, *taken.Reading)
		require.Equal(t, said.Rev+1, taken.Rev)
		again, err = w.messages.Withdraw(t.Context(), a, id, m.Seq)
		require.NoError(t, err)
		require.Equal(t, taken, again)
		w.publishes(t, id, 3)
	})
}

func TestANewTextOrNoneNeedsNewWords(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		a, _, id := w.pair(t)
		edited, deleted := w.send(t, a, id, "first"), w.send(t, a, id, "second")
		for _, m := range []message.Message{edited, deleted} {
			_, err := w.messages.Correct(t.Context(), a, id, m.Seq, emotion.Correction{Label: emotion.Fear})
			require.NoError(t, err)
		}
		now, err := w.messages.Edit(t.Context(), a, id, edited.Seq, "third")
		require.NoError(t, err)
		require.Equal(t, "spy", now.Reading.Engine)
		require.NoError(t, w.messages.Delete(t.Context(), a, id, deleted.Seq))
		require.Nil(t, w.history(t, a, id, message.Cursor{}).Items[1].Reading)
		var left int64
		require.NoError(t, w.db.Table("corrections").Count(&left).Error)
		require.Zero(t, left)
	})
}

func TestOnlyAuthorsSayHowTheirMessagesWereMeant(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, guest, id := w.group(t)
		m, gone, silent := w.send(t, guest, id, "mine"), w.send(t, guest, id, "gone"), w.send(t, host, id, "not read")
		require.NoError(t, w.messages.Delete(t.Context(), guest, id, gone.Seq))
		setShare(t, w, host, account.ShareOff)
		before, events := w.history(t, host, id, message.Cursor{}).Items, len(w.events.All())
		sad := emotion.Correction{Label: emotion.Sadness}
		stranger := w.person(t, account.ShareEveryone)
		for name, c := range map[string]struct {
			who  account.ID
			room room.ID
			seq  int64
			said emotion.Correction
			want error
		}{
			"another's":         {host, id, m.Seq, sad, message.ErrNotYours},
			"from outside":      {stranger, id, m.Seq, sad, room.ErrNotFound},
			"nowhere":           {guest, 1 << 40, m.Seq, sad, room.ErrNotFound},
			"none":              {guest, id, 1 << 40, sad, message.ErrNotFound},
			"taken back":        {guest, id, gone.Seq, sad, message.ErrDeleted},
			"the room's own":    {guest, id, 1, sad, message.ErrSystem},
			"not to be read":    {host, id, silent.Seq, sad, emotion.ErrOff},
			"no label":          {guest, id, m.Seq, emotion.Correction{}, fault.ErrInvalid},
			"of another label":  {guest, id, m.Seq, emotion.Correction{Label: emotion.Sadness, Fine: "joy"}, fault.ErrInvalid},
			"no label's colour": {guest, id, m.Seq, emotion.Correction{Label: emotion.Sadness, Fine: "gloom"}, fault.ErrInvalid},
		} {
			t.Run(name, func(t *testing.T) {
				_, err := w.messages.Correct(t.Context(), c.who, c.room, c.seq, c.said)
				require.ErrorIs(t, err, c.want)
				if name != "not to be read" && c.said == sad { // one's own word may always be taken back
					_, err = w.messages.Withdraw(t.Context(), c.who, c.room, c.seq)
					require.ErrorIs(t, err, c.want)
				}
			})
		}
		require.Equal(t, before, w.history(t, host, id, message.Cursor{}).Items)
		require.Len(t, w.events.All(), events)
		_, err := w.rooms.Close(t.Context(), host, id, room.Expected{})
		require.NoError(t, err)
		_, err = w.messages.Correct(t.Context(), guest, id, m.Seq, sad)
		require.ErrorIs(t, err, room.ErrClosed)
	})
}

func setCalibrate(t *testing.T, w *world, who account.ID, on bool) {
	t.Helper()
	service := account.NewService(w.db, room.UserChanged, w.events, time.Now)
	_, err := service.Update(t.Context(), who, account.Change{CalibrateReadings: &on})
	require.NoError(t, err)
}

// student is somebody whose jokes are read as anger.
type student struct {
	*world
	t     *testing.T
	who   account.ID
	room  room.ID
	jokes []message.Message
}

const probe, bystander = "you are so bad at this, I hate losing", "the next train leaves at nine"

// newStudent also returns somebody else in the room.
func newStudent(t *testing.T, w *world) (s student, other account.ID) {
	engine, err := emotion.NewEmbedded()
	require.NoError(t, err)
	w.engine.real = engine
	s = student{world: w, t: t}
	s.who, other, s.room = w.pair(t)
	for _, body := range []string{"I hate you for winning again", "damn you are annoying", "stop beating me, you idiot", "this is so unfair, I am angry", "go away with your luck"} {
		s.jokes = append(s.jokes, w.send(t, s.who, s.room, body))
	}
	return s, other
}

func (s student) correct() {
	s.t.Helper()
	for _, m := range s.jokes {
		_, err := s.messages.Correct(s.t.Context(), s.who, s.room, m.Seq, emotion.Correction{Label: emotion.Joy})
		require.NoError(s.t, err)
	}
}

// reads is how a new message of somebody is read, by all nodes.
func (s student) reads(who account.ID, nodes ...*world) (reading emotion.Reading) {
	s.t.Helper()
	reading = *s.send(s.t, who, s.room, probe).Reading
	for _, node := range nodes {
		require.Equal(s.t, reading, *node.send(s.t, who, s.room, probe).Reading)
	}
	reading.FineScores = [28]float64{} // which are not kept
	return reading
}

func (s student) learnt() *calibration.Calibration {
	s.t.Helper()
	learnt, err := calibration.Of(s.db, s.who)
	require.NoError(s.t, err)
	return learnt
}

func TestCorrectionsTeachHowTheirAuthorIsReadAndNobodyElse(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		s, other := newStudent(t, w)
		node := w.secondNode(t)
		node.engine.real = w.engine.real
		plain := s.reads(s.who, node)
		require.Equal(t, plain, s.reads(other, node))

		s.correct()
		require.Nil(t, s.learnt(), "nobody asked for it")
		require.Equal(t, plain, s.reads(s.who, node))

		setCalibrate(t, w, s.who, true)
		require.Equal(t, plain, s.reads(s.who, node), "what was said before was not said to teach")
		s.correct()
		learnt := s.learnt()
		require.Equal(t, len(s.jokes), learnt.Corrections)
		joy := s.reads(s.who, node)
		require.Greater(t, joy.Scores[3], plain.Scores[3])
		require.Equal(t, plain, s.reads(other, node))

		edited, err := w.messages.Edit(t.Context(), s.who, s.room, s.send(t, s.who, s.room, bystander).Seq, probe)
		require.NoError(t, err)
		require.Equal(t, joy, *edited.Reading)

		_, err = w.messages.Withdraw(t.Context(), s.who, s.room, s.jokes[0].Seq)
		require.NoError(t, err)
		fewer := s.learnt()
		require.Equal(t, len(s.jokes)-1, fewer.Corrections)
		require.NotEqual(t, learnt.Bias, fewer.Bias)
		_, err = w.messages.Correct(t.Context(), s.who, s.room, s.jokes[0].Seq, emotion.Correction{Label: emotion.Joy, Fine: "amusement"})
		require.NoError(t, err)
		require.InDeltaSlice(t, learnt.Bias[:], s.learnt().Bias[:], 1e-9, "withdrawing left nothing behind")

		setCalibrate(t, w, s.who, false)
		require.Equal(t, plain, s.reads(s.who, node))
		require.NotNil(t, s.learnt())
		setCalibrate(t, w, s.who, true)
		require.Equal(t, joy, s.reads(s.who, node))

		require.NoError(t, calibration.NewService(w.db).Reset(t.Context(), s.who))
		require.Nil(t, s.learnt())
		require.Equal(t, plain, s.reads(s.who, node), "the exact baseline")
		later := s.send(t, s.who, s.room, "I am angry, of course")
		_, err = w.messages.Correct(t.Context(), s.who, s.room, later.Seq, emotion.Correction{Label: emotion.Joy})
		require.NoError(t, err)
		require.Equal(t, 1, s.learnt().Corrections, "what was forgotten does not come back")
		require.NoError(t, w.messages.Delete(t.Context(), s.who, s.room, later.Seq))
		require.Nil(t, s.learnt())
		require.Equal(t, plain, s.reads(s.who, node))
	})
}

func TestCorrectionsMadeAtOnceAllTeach(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		s, other := newStudent(t, w)
		setCalibrate(t, w, s.who, true)
		node := w.secondNode(t)
		node.engine.real = w.engine.real
		jokes := s.jokes
		for _, body := range []string{"what a nasty trick, I am furious", "I am so mad at you", "how dare you beat me, this is awful"} {
			third := w.person(t, account.ShareEveryone)
			mine, _, err := w.rooms.OpenDirect(t.Context(), s.who, third)
			require.NoError(t, err)
			jokes = append(jokes, w.send(t, s.who, mine.ID, body))
		}
		var all sync.WaitGroup
		errs := make(chan error, 2*len(jokes))
		for i, m := range jokes {
			all.Go(func() {
				_, err := []*world{w, node}[i%2].messages.Correct(t.Context(), s.who, m.Room, m.Seq, emotion.Correction{Label: emotion.Joy})
				errs <- err
			})
			all.Go(func() { // the same author and somebody else go on writing meanwhile, elsewhere
				_, err := []*world{node, w}[i%2].messages.Send(t.Context(), []account.ID{s.who, other}[i%2], s.room, draft("hello"))
				errs <- err
			})
		}
		all.Wait()
		close(errs)
		for err := range errs {
			require.NoError(t, err)
		}
		atOnce := s.learnt()
		require.Equal(t, len(jokes), atOnce.Corrections)
		_, err := w.messages.Correct(t.Context(), s.who, s.room, jokes[0].Seq, emotion.Correction{Label: emotion.Sadness})
		require.NoError(t, err)
		_, err = w.messages.Correct(t.Context(), s.who, s.room, jokes[0].Seq, emotion.Correction{Label: emotion.Joy})
		require.NoError(t, err)
		require.InDeltaSlice(t, atOnce.Bias[:], s.learnt().Bias[:], 1e-9)
		require.Equal(t, s.reads(s.who), s.reads(s.who, node), "both nodes know")
	})
}

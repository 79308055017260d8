package mood_test

import (
	"bytes"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/mood"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
)

// long is a room in which people said almost as much as a chunk holds.
type long struct {
	*world
	people  []account.ID
	room    room.ID
	authors map[int64]account.ID // of what was said since
}

const longSaid = mood.ChunkSize - 4

func newLong(t *testing.T, w *world) *long {
	t.Helper()
	l := &long{world: w, room: 7, authors: make(map[int64]account.ID)}
	for range 5 {
		l.people = append(l.people, w.person(t))
	}
	end := w.clock.Now()
	mood.Fill(t, w.db, l.room, l.people, longSaid, end, func(seq int) time.Time { return end.Add(time.Duration(seq-longSaid) * 45 * time.Minute) })
	return l
}

func (l *long) author(seq int64) account.ID {
	if who, since := l.authors[seq]; since {
		return who
	}
	return l.people[int(seq)%len(l.people)]
}

// stored returns the chunks that are stored, by their first seqs.
func (l *long) stored(t testing.TB) map[int64][]byte {
	t.Helper()
	var rows []struct {
		FirstSeq int64
		Marks    []byte
	}
	require.NoError(t, l.db.WithContext(t.Context()).Table("mood_chunks").Where("room_id = ?", l.room).Scan(&rows).Error)
	chunks := make(map[int64][]byte)
	for _, row := range rows {
		chunks[row.FirstSeq] = row.Marks
	}
	return chunks
}

// check sees that each stored chunk is as it would be stored now.
func (l *long) check(t testing.TB) {
	t.Helper()
	for first, stored := range l.stored(t) {
		fresh, err := l.mood.Fresh(t.Context(), l.room, first)
		require.NoError(t, err)
		require.True(t, bytes.Equal(fresh, stored), "the chunk from %d on is not as its messages are", first)
	}
}

// seq draws a message, one where the chunk begins or ends or the room does.
func (l *long) seq(r *rapid.T) int64 {
	last := int64(longSaid + len(l.authors))
	edge := rapid.SampledFrom([]int64{1, mood.ChunkSize, last}).Draw(r, "edge")
	return min(max(edge+rapid.Int64Range(-2, 2).Draw(r, "beside"), 1), last)
}

func (l *long) edit(r *rapid.T, t testing.TB) {
	seq := l.seq(r)
	_, err := l.messages.Edit(t.Context(), l.author(seq), l.room, seq, body(r))
	if !errors.Is(err, message.ErrDeleted) {
		require.NoError(t, err)
	}
}

func (l *long) actions(t testing.TB) map[string]func(*rapid.T) {
	ctx := t.Context()
	// Nothing can be done to what is deleted, and little where nothing is read.
	done := func(err error) {
		for _, refused := range []error{message.ErrDeleted, message.ErrOutdated, emotion.ErrOff} {
			if errors.Is(err, refused) {
				return
			}
		}
		require.NoError(t, err)
	}
	return map[string]func(*rapid.T){
		"": func(*rapid.T) { l.check(t) },
		"send": func(r *rapid.T) {
			for range rapid.IntRange(1, 3).Draw(r, "messages") {
				who := rapid.SampledFrom(l.people).Draw(r, "author")
				l.say(t, who, body(r))
			}
		},
		"edit": func(r *rapid.T) { l.edit(r, t) },
		"delete": func(r *rapid.T) {
			seq := l.seq(r)
			done(l.messages.Delete(ctx, l.author(seq), l.room, seq))
		},
		"correct": func(r *rapid.T) {
			seq := l.seq(r)
			label := rapid.SampledFrom([]emotion.Label{emotion.Sadness, emotion.Neutral}).Draw(r, "said")
			_, err := l.messages.Correct(ctx, l.author(seq), l.room, seq, emotion.Correction{Label: label})
			done(err)
		},
		"withdraw": func(r *rapid.T) {
			seq := l.seq(r)
			_, err := l.messages.Withdraw(ctx, l.author(seq), l.room, seq)
			done(err)
		},
		"react": func(r *rapid.T) {
			_, err := l.messages.React(ctx, l.people[0], l.room, l.seq(r), "👍")
			done(err)
		},
		"read better": func(r *rapid.T) {
			seq := l.seq(r)
			better := emotion.Reading{Label: emotion.Fear, Labels: []emotion.Label{emotion.Fear}, Valence: -0.5, Engine: "better", Version: body(r)}
			done(l.messages.Improve(ctx, message.Improvement{Room: l.room, Seq: seq, Body: mood.FillBody, Reading: better}))
		},
		"forget": func(r *rapid.T) {
			_, err := l.messages.ForgetReadings(ctx, rapid.SampledFrom(l.people).Draw(r, "who"))
			require.NoError(t, err)
		},
		"share": func(r *rapid.T) {
			share := rapid.SampledFrom([]account.ShareReadings{account.ShareEveryone, account.ShareSelf, account.ShareOff}).Draw(r, "share")
			l.share(t, rapid.SampledFrom(l.people).Draw(r, "who"), share)
		},
		"roll up": func(r *rapid.T) {
			reader := l.user(t, rapid.SampledFrom(l.people).Draw(r, "reader"))
			days := rapid.SampledFrom([]int{7, 30, 90}).Draw(r, "days")
			before, err := l.mood.Of(ctx, reader, l.room, days)
			require.NoError(t, err)
			require.NoError(t, l.mood.Roll(ctx))
			require.Len(t, l.stored(t), (longSaid+len(l.authors))/mood.ChunkSize)
			after, err := l.mood.Of(ctx, reader, l.room, days)
			require.NoError(t, err)
			require.Equal(t, before, after, "nobody can tell")
		},
	}
}

// say sends something, by somebody.
func (l *long) say(t testing.TB, who account.ID, body string) {
	t.Helper()
	l.authors[l.send(t, who, l.room, body)[0]] = who
}

// Nothing stays in a chunk of what a message was, whatever is done to it.
func TestChunksAreAsTheirMessagesAre(t *testing.T) {
	mood.Bound(t, "rapid.nofailfile", "true")
	mood.Bound(t, "rapid.checks", "2") // each is many steps, and a look at all that is stored takes a while
	eachWorld(t, func(t *testing.T, w *world) {
		l := newLong(t, w)
		require.NoError(t, w.mood.Roll(t.Context()))
		require.Empty(t, l.stored(t), "none is full")
		for range 4 {
			l.say(t, l.people[0], "joy 0.3")
		}
		l.overtake(t)
		rapid.Check(t, func(r *rapid.T) { r.Repeat(l.actions(t)) })
	})
}

// overtake sees that what was read of a chunk is not stored when that is not what its messages are any more.
func (l *long) overtake(t *testing.T) {
	for name, do := range map[string]func(){
		"a message is edited": func() {
			_, err := l.messages.Edit(t.Context(), l.author(5), l.room, 5, "fear 0.5")
			require.NoError(t, err)
		},
		"readings are forgotten": func() {
			_, err := l.messages.ForgetReadings(t.Context(), l.people[0])
			require.NoError(t, err)
		},
	} {
		require.ErrorIs(t, l.mood.RollWhile(t.Context(), l.room, do), mood.ErrOvertaken, name)
		require.Empty(t, l.stored(t), name)
	}
	other := func() { require.NoError(t, l.mood.Roll(t.Context())) }
	require.ErrorIs(t, l.mood.RollWhile(t.Context(), l.room, other), mood.ErrOvertaken, "another node did it")
	require.Len(t, l.stored(t), 1)
	require.NoError(t, l.db.WithContext(t.Context()).Exec("DELETE FROM mood_chunks").Error)
	require.NoError(t, l.db.WithContext(t.Context()).Exec("UPDATE rooms SET mood_seq = 0").Error)
	require.NoError(t, l.mood.RollWhile(t.Context(), l.room, func() { l.say(t, l.people[1], "joy 0.3") }), "what is said later is in a later one")
	require.Len(t, l.stored(t), 1)
	l.check(t)
}

// SQLite has one writer.
func TestManyMayRollUpWhileMessagesChange(t *testing.T) {
	w := newWorld(t, testkit.MariaDB(t), emotion.ModeOpenAI, nil)
	l := newLong(t, w)
	for range 4 {
		l.say(t, l.people[0], "joy 0.1")
	}
	var all sync.WaitGroup
	for n := range 3 {
		all.Go(func() {
			for seq := int64(n + 1); seq < mood.ChunkSize; seq += 100 {
				if _, err := w.messages.Edit(t.Context(), l.author(seq), l.room, seq, "sadness 0.9"); err != nil {
					t.Error(err)
				}
			}
		})
		all.Go(func() {
			for range 4 {
				if err := w.mood.Roll(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	require.NoError(t, w.mood.Roll(t.Context()))
	require.Len(t, l.stored(t), 1)
	l.check(t)
}

package mood_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/mood"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
)

func TestOptingOutEmptiesThePastAndOptingInBringsItBack(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		ann, ben, carl := w.person(t), w.person(t), w.person(t)
		two, three := w.direct(t, ann, ben), w.group(t, ann, ben, carl)
		for _, who := range []account.ID{ann, ben} {
			w.send(t, who, two, "joy 0.9")
		}
		for _, who := range []account.ID{ann, ben, carl} {
			w.send(t, who, three, "joy 0.9")
		}
		counted := func(who account.ID, id room.ID) int {
			if counts := w.last(t, who, id); counts != nil {
				return counts.Clear()
			}
			return 0
		}
		require.Equal(t, []int{2, 3}, []int{counted(ann, two), counted(ann, three)})
		w.share(t, ben, account.ShareSelf)
		require.Equal(t, []int{1, 0}, []int{counted(ann, two), counted(ann, three)}, "of two people one learns nothing")
		require.Equal(t, []int{2, 3}, []int{counted(ben, two), counted(ben, three)}, "he sees his own")
		w.share(t, ben, account.ShareOff)
		require.Equal(t, []int{1, 0}, []int{counted(ann, two), counted(ann, three)})
		require.Equal(t, []int{1, 0}, []int{counted(ben, two), counted(ben, three)})
		w.clock.Advance(48 * time.Hour)
		w.share(t, ben, account.ShareEveryone)
		line := w.of(t, ann, three, 7)
		require.Equal(t, 3, line.Buckets[4].Counts.Clear())
		w.switchReadings(t, ann, three, room.ReadingsOff)
		_, err := w.mood.Of(t.Context(), w.user(t, ann), three, 7)
		require.ErrorIs(t, err, emotion.ErrOff)
		w.switchReadings(t, ann, three, room.ReadingsLocal)
		require.Equal(t, line, w.of(t, ann, three, 7))
	})
}

func TestNobodyIsToldWhatTheyMayNotOrDoNotWantToSee(t *testing.T) {
	db := testkit.SQLite(t)
	w := newWorld(t, db, emotion.ModeEmbedded, nil)
	ann, ben, stranger := w.person(t), w.person(t), w.person(t)
	two := w.direct(t, ann, ben)
	gone := w.group(t, ann, ben)
	require.NoError(t, w.rooms.Leave(t.Context(), ben, gone))
	hiding := w.user(t, ann)
	hiding.ShowReadings = false
	silent := w.user(t, ann)
	silent.ShareReadings = account.ShareOff
	operatorOff := w.deps
	operatorOff.Mode = emotion.ModeOff
	for name, c := range map[string]struct {
		service                *mood.Service
		reader                 account.User
		room                   room.ID
		timeline, digest, week error
	}{
		"a member":             {w.mood, w.user(t, ann), two, nil, nil, nil},
		"a stranger":           {w.mood, w.user(t, stranger), two, room.ErrNotFound, room.ErrNotFound, nil},
		"who left":             {w.mood, w.user(t, ben), gone, room.ErrNotFound, room.ErrNotFound, nil},
		"no room":              {w.mood, w.user(t, ann), 1 << 40, room.ErrNotFound, room.ErrNotFound, nil},
		"who hides readings":   {w.mood, hiding, two, emotion.ErrHidden, emotion.ErrHidden, emotion.ErrHidden},
		"who shares none":      {w.mood, silent, two, nil, nil, emotion.ErrOff},
		"where none are made":  {mood.NewService(operatorOff), w.user(t, ann), two, emotion.ErrOff, emotion.ErrOff, emotion.ErrOff},
		"a stranger there too": {mood.NewService(operatorOff), w.user(t, stranger), two, room.ErrNotFound, room.ErrNotFound, emotion.ErrOff},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.service.Of(t.Context(), c.reader, c.room, 7)
			require.ErrorIs(t, err, c.timeline)
			_, err = c.service.Missed(t.Context(), c.reader, c.room, nil)
			require.ErrorIs(t, err, c.digest)
			_, err = c.service.Reflect(t.Context(), c.reader, "")
			require.ErrorIs(t, err, c.week)
		})
	}
	_, err := w.mood.Of(t.Context(), w.user(t, ann), two, 8)
	require.ErrorIs(t, err, fault.ErrInvalid)
}

func TestAWeekIsOnesOwn(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) { // it is Friday
		ann, ben := w.person(t), w.person(t)
		two, gone := w.direct(t, ann, ben), w.group(t, ben, ann)
		w.send(t, ann, two, "joy 0.9 love", "anger 0.2")
		w.send(t, ben, two, "sadness 0.9")
		seq := w.send(t, ann, gone, "fear 0.3 unclear")[0]
		_, err := w.messages.Correct(t.Context(), ann, gone, seq, emotion.Correction{Label: emotion.Surprise})
		require.NoError(t, err)
		require.NoError(t, w.rooms.Leave(t.Context(), ann, gone))
		w.share(t, ann, account.ShareOff)
		w.send(t, ann, two, "joy 0.9")
		w.share(t, ann, account.ShareSelf)

		got, err := w.mood.Reflect(t.Context(), w.user(t, ann), "")
		require.NoError(t, err)
		require.Equal(t, "2026-W47", got.Week)
		require.Equal(t, 4, got.Messages, "the one that was not read too, and that of a room which she left")
		require.Equal(t, [7]int{0: 1, 3: 1, 5: 1}, got.Counts.Labels)
		require.Equal(t, []int{1, 0, 1}, []int{got.Counts.Love, got.Counts.Unclear, got.Corrected})
		require.Equal(t, got.Counts, got.Days[4].Counts)
		require.Equal(t, 4, got.Days[4].Messages)
		named, err := w.mood.Reflect(t.Context(), w.user(t, ann), "2026-W47")
		require.NoError(t, err)
		require.Equal(t, got, named)

		empty, err := w.mood.Reflect(t.Context(), w.user(t, ann), "2026-W46")
		require.NoError(t, err)
		require.Zero(t, empty.Messages)
		require.Zero(t, empty.Counts)
		require.Equal(t, "2026-11-15", empty.Days[6].From.Format(time.DateOnly))
		require.Equal(t, got.From, empty.To)
		for _, week := range []string{"2026-W48", "2026-W54", "2026-W00", "2026-47", "2026-W4", "9999-W53", "yesterday"} {
			_, err := w.mood.Reflect(t.Context(), w.user(t, ann), week)
			require.ErrorIs(t, err, fault.ErrInvalid, week)
		}
	})
}

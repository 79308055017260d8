package message_test

import (
	"testing"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
)

// remote is what another engine made of a message.
func remote(m message.Message) message.Improvement {
	return message.Improvement{Room: m.Room, Seq: m.Seq, Body: m.Body, Reading: emotion.Reading{
		Label: emotion.Fear, Confidence: 0.9, Intensity: 0.5, Labels: []emotion.Label{emotion.Fear}, Engine: emotion.RemoteEngine, Version: "r1",
		Said: emotion.Said{Korean: "걱정하는 듯해요.", English: "This sounds worried."},
	}}
}

// open is a world whose operator allows a remote engine.
func (w *world) open(t *testing.T) *world {
	t.Helper()
	open := *w
	open.messages = message.NewService(w.db, emotion.ModeOpenAI, w.engine, w.events, time.Now, zap.NewNop())
	open.start(t)
	return &open
}

func TestABetterReadingTakesThePlaceOfTheFirst(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w = w.open(t)
		a, b, id := w.pair(t)
		m := w.send(t, a, id, "hello")
		w.publishes(t, id, 1)
		require.NoError(t, w.messages.Improve(t.Context(), remote(m)))
		require.NoError(t, w.messages.Improve(t.Context(), remote(m)), "twice is once")

		page := w.history(t, b, id, message.Cursor{SinceRev: &m.Rev})
		require.Len(t, page.Items, 1)
		better := page.Items[0]
		require.Equal(t, remote(m).Reading, *better.Reading)
		require.Equal(t, m.Rev+1, better.Rev)
		require.Equal(t, better.Rev, page.Room.LastRev)
		require.Nil(t, better.EditedAt)
		published := w.publishes(t, id, 2)
		require.Equal(t, better, published[1])
		require.IsType(t, message.Reread{}, w.events.All()[len(w.events.All())-1])
		require.Equal(t, better.Rev+1, w.send(t, b, id, "and on").Rev)
	})
}

func TestAnOutdatedReadingChangesNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w = w.open(t)
		a, b, id := w.pair(t)
		edited, deleted, kept := w.send(t, a, id, "as it was"), w.send(t, a, id, "soon gone"), w.send(t, b, id, "not to be read")
		forgotten := w.send(t, a, id, "forgotten")
		require.NoError(t, emotion.DeleteReading(w.db.WithContext(t.Context()), int64(id), forgotten.Seq))
		_, err := w.messages.Edit(t.Context(), a, id, edited.Seq, "as it is")
		require.NoError(t, err)
		require.NoError(t, w.messages.Delete(t.Context(), a, id, deleted.Seq))
		setShare(t, w, b, account.ShareOff)
		before, events := w.history(t, a, id, message.Cursor{}), len(w.events.All())
		nowhere, unknown := remote(edited), remote(edited)
		nowhere.Room, unknown.Seq = 1<<40, 1<<40
		for _, better := range []message.Improvement{remote(edited), remote(deleted), remote(kept), remote(forgotten), nowhere, unknown} {
			require.ErrorIs(t, w.messages.Improve(t.Context(), better), message.ErrOutdated)
		}
		local := w.secondNode(t)
		require.ErrorIs(t, local.messages.Improve(t.Context(), remote(before.Items[0])), message.ErrOutdated, "not by a remote engine")
		w.freeze(t, a, b)
		require.ErrorIs(t, w.messages.Improve(t.Context(), remote(w.history(t, a, id, message.Cursor{}).Items[0])), message.ErrOutdated)
		require.Equal(t, before.Items, w.history(t, a, id, message.Cursor{}).Items)
		require.Len(t, w.events.All(), events)
		var remotes int64
		require.NoError(t, w.db.Table("readings").Where("source_id IN (SELECT id FROM reading_sources WHERE engine = ?)", emotion.RemoteEngine).
			Where("room_id = ?", id).Count(&remotes).Error)
		require.Zero(t, remotes)
	})
}

package mail_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/mail"
)

// mailed has a link mailed to somebody and returns its token.
func (w *world) mailed(t *testing.T, who account.ID, purpose mail.Purpose) string {
	t.Helper()
	require.NoError(t, w.Post(w.db, who, purpose))
	before := len(w.pigeons.sent)
	w.deliver(t)
	require.Len(t, w.pigeons.sent, before+1)
	return token(t, w.pigeons.sent[before])
}

func (w *world) find(token string, purposes ...mail.Purpose) error {
	_, err := mail.Find(w.db, token, w.clock.Now(), purposes...)
	return err
}

func TestALinkIsKnownByItsTokenForItsPurposeAndItsTime(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji := w.person(t, "minji@example.org", account.Korean)
		w.put(t, minji, "state", account.MustReset)
		reset, restore := w.mailed(t, minji.ID, mail.Reset), w.mailed(t, minji.ID, mail.Restore)
		require.NotEqual(t, reset, restore)
		require.NoError(t, w.find(reset, mail.Reset))
		require.NoError(t, w.find(restore, mail.Reset, mail.Restore))
		require.ErrorIs(t, w.find(restore, mail.Reset), mail.ErrLink)
		require.ErrorIs(t, w.find(reset, mail.Verify), mail.ErrLink)

		var kept []string
		require.NoError(t, w.db.Table("links").Pluck("token_hash", &kept).Error)
		require.Len(t, kept, 2)
		for _, no := range append(kept, "", "unknown", reset[1:], reset+"A") {
			require.ErrorIs(t, w.find(no, mail.Reset, mail.Restore), mail.ErrLink, "what is kept is no token")
		}
		w.clock.Advance(time.Hour - time.Microsecond)
		require.NoError(t, w.find(reset, mail.Reset))
		w.clock.Advance(time.Microsecond)
		require.ErrorIs(t, w.find(reset, mail.Reset), mail.ErrLink)
		w.clock.Advance(3*24*time.Hour - time.Hour - time.Microsecond)
		require.NoError(t, w.find(restore, mail.Restore))
		w.clock.Advance(time.Microsecond)
		require.ErrorIs(t, w.find(restore, mail.Restore), mail.ErrLink)
		require.NoError(t, w.Sweep(t.Context()))
		require.Zero(t, w.count(t, "links"))
	})
}

func TestALinkIsUsedOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji := w.person(t, "minji@example.org", account.Korean)
		link, err := mail.Find(w.db, w.mailed(t, minji.ID, mail.Reset), w.clock.Now(), mail.Reset)
		require.NoError(t, err)
		var won atomic.Int64
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				err := w.db.Transaction(func(tx *gorm.DB) error {
					if _, err := account.Hold(tx, minji.ID); err != nil {
						return err
					}
					return mail.Use(tx, link)
				})
				if err == nil {
					won.Add(1)
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 1, won.Load())
		require.ErrorIs(t, mail.Use(w.db, link), mail.ErrLink)
	})
}

func TestLinksAreDroppedByPersonAndPurpose(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji, juno := w.person(t, "minji@example.org", account.Korean), w.person(t, "juno@example.org", account.English)
		reset, verify, theirs := w.mailed(t, minji.ID, mail.Reset), w.mailed(t, minji.ID, mail.Verify), w.mailed(t, juno.ID, mail.Reset)
		require.NoError(t, mail.Drop(w.db, minji.ID, mail.Reset, mail.Restore))
		require.ErrorIs(t, w.find(reset, mail.Reset), mail.ErrLink)
		require.NoError(t, w.find(verify, mail.Verify))
		require.NoError(t, w.find(theirs, mail.Reset))
	})
}

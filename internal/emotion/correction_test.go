package emotion_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/emotion/linear"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

func TestACorrectionSaysOnlyWhatWeKnow(t *testing.T) {
	labels, fine := emotion.Labels(), emotion.FineLabels()
	for _, label := range labels {
		require.NoError(t, emotion.Correction{Label: label}.Check())
		for f, parent := range linear.FineParents() {
			err := emotion.Correction{Label: label, Fine: fine[f]}.Check()
			if labels[parent] == label {
				require.NoError(t, err)
				continue
			}
			var wrong *fault.Error
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, "body.fine", wrong.Fields[0].Name)
		}
	}
	for _, c := range []emotion.Correction{{}, {Label: "rage"}, {Label: emotion.Joy, Fine: "rage"}} {
		require.ErrorIs(t, c.Check(), fault.ErrInvalid)
	}
}

func TestTheWordOfAnAuthorIsToldAsTheirs(t *testing.T) {
	r := emotion.Correction{Label: emotion.Joy, Fine: "love"}.Reading()
	require.Equal(t, emotion.Reading{
		Label: emotion.Joy, Confidence: 1, Intensity: 0.5, Valence: 0.8, Love: true, Labels: []emotion.Label{emotion.Joy}, Fine: []string{"love"},
		Scores: [7]float64{3: 1}, Engine: emotion.AuthorEngine,
	}, r)
	require.Equal(t, "The author says: loving.", emotion.Sentence(r, "en"))
	require.Equal(t, "사랑하는 마음이 담겼다고 쓴 사람이 알려 줬어요.", emotion.Sentence(r, "ko"))
	plain := emotion.Correction{Label: emotion.Neutral}.Reading()
	require.Equal(t, "The author says: matter-of-fact.", emotion.Sentence(plain, "en"))
	require.Equal(t, "담담한 마음이 담겼다고 쓴 사람이 알려 줬어요.", emotion.Sentence(plain, "ko"))
	require.Less(t, plain.Intensity, r.Intensity)
	require.False(t, plain.Love)
}

// conversation stores three messages of one author, the first two with readings, and returns their room.
func conversation(t *testing.T, db *gorm.DB, ledger *emotion.Ledger, at time.Time) (room, author int64) {
	t.Helper()
	someone, err := account.Create(db, account.New{
		Email: "a@example.org", Nickname: "Ann", PasswordHash: "a hash", Locale: account.Korean, ShareReadings: account.ShareEveryone,
	}, at)
	require.NoError(t, err)
	author = int64(someone.ID)
	require.NoError(t, db.Exec(`INSERT INTO rooms (kind, state, last_seq, last_rev, created_at) VALUES ('group', 'open', 3, 3, ?)`, at).Error)
	require.NoError(t, db.Raw("SELECT MAX(id) FROM rooms").Scan(&room).Error)
	var entries []emotion.Entry
	for seq := int64(1); seq <= 3; seq++ {
		require.NoError(t, db.Exec(`INSERT INTO messages (room_id, seq, rev, kind, sender_id, client_id, body, created_at)
			VALUES (?, ?, ?, 'text', ?, ?, 'hello', ?)`, room, seq, seq, author, string(rune('a'+seq)), at).Error)
		if seq < 3 {
			entries = append(entries, emotion.Entry{Room: room, Seq: seq, At: at, Reading: emotion.Reading{
				Label: emotion.Anger, Confidence: 0.5, Labels: []emotion.Label{emotion.Anger}, Engine: emotion.EmbeddedEngine, Version: "1",
			}})
		}
	}
	require.NoError(t, storage.Tx(t.Context(), db, func(tx *gorm.DB) error { return ledger.Store(tx, entries) }))
	return room, author
}

func TestTheWordOfAnAuthorTakesThePlaceOfEveryReading(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		at := time.Date(2026, 11, 22, 9, 0, 0, 123456000, time.UTC)
		room, author := conversation(t, db, emotion.NewLedger(db), at)
		readings := func() map[int64]emotion.Reading {
			found, err := emotion.LoadReadings(db, room, []int64{1, 2, 3, 4})
			require.NoError(t, err)
			return found
		}
		save := func(seq int64, c emotion.Correction, teaches bool) emotion.Effect {
			effect, err := emotion.SaveCorrection(db, emotion.Word{Room: room, Seq: seq, Author: author, Correction: c, Teaches: teaches, At: at})
			require.NoError(t, err)
			return effect
		}
		guessed := readings()
		require.Len(t, guessed, 2)

		joy, love := emotion.Correction{Label: emotion.Joy}, emotion.Correction{Label: emotion.Joy, Fine: "love"}
		require.Equal(t, emotion.Effect{Shown: true}, save(1, joy, false))
		require.Equal(t, emotion.Effect{}, save(1, joy, false))
		require.Equal(t, emotion.Effect{Taught: true}, save(1, joy, true))
		require.Equal(t, emotion.Effect{Shown: true}, save(1, love, true), "only the label teaches")
		require.Equal(t, emotion.Effect{Shown: true, Taught: true}, save(1, emotion.Correction{Label: emotion.Fear}, true))
		require.Equal(t, emotion.Effect{Shown: true, Taught: true}, save(1, love, false))
		require.Equal(t, emotion.Effect{Shown: true, Taught: true}, save(3, joy, true), "no engine has read it")
		require.Equal(t, map[int64]emotion.Reading{1: love.Reading(), 2: guessed[2], 3: joy.Reading()}, readings())

		said, err := emotion.LoadCorrections(db.Where("room_id = ?", room))
		require.NoError(t, err)
		require.Equal(t, []emotion.Entry{{Room: room, Seq: 1, Reading: love.Reading(), At: at}, {Room: room, Seq: 3, Reading: joy.Reading(), At: at}}, said)
		guesses, err := emotion.LoadGuesses(db.Where("room_id = ?", room))
		require.NoError(t, err)
		require.Len(t, guesses, 2)

		for seq, want := range map[int64]emotion.Effect{1: {Shown: true}, 2: {}, 3: {Shown: true, Taught: true}} {
			effect, err := emotion.DropCorrection(db, room, seq)
			require.NoError(t, err)
			require.Equal(t, want, effect)
		}
		require.Equal(t, guessed, readings())
	})
}

func TestABiasIsKeptExactly(t *testing.T) {
	bias := emotion.Bias{0.1, -1.0 / 3, 0, 1e-9, -0.75, 2, 0.3}
	kept, err := bias.Value()
	require.NoError(t, err)
	var read, again emotion.Bias
	require.NoError(t, read.Scan(kept))
	require.NoError(t, again.Scan([]byte(kept.(string))))
	require.Equal(t, [2]emotion.Bias{bias, bias}, [2]emotion.Bias{read, again})
	for _, broken := range []any{nil, 7, "", "{}", []byte("[")} {
		require.Error(t, read.Scan(broken))
	}
}

package emotion_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"pgregory.net/rapid"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

// anyReading is a reading as it is stored: rounded, without fine scores.
func anyReading(t *rapid.T) emotion.Reading {
	labels, fine := emotion.Labels(), emotion.FineLabels()
	part := rapid.Map(rapid.IntRange(0, 10000), func(n int) float64 { return float64(n) / 1e4 })
	r := emotion.Reading{
		Label: rapid.SampledFrom(labels[:]).Draw(t, "label"), Confidence: part.Draw(t, "confidence"), Intensity: part.Draw(t, "intensity"),
		Valence: part.Draw(t, "valence")*2 - 1, Unclear: rapid.Bool().Draw(t, "unclear"), Love: rapid.Bool().Draw(t, "love"),
		Engine: rapid.SampledFrom([]string{"embedded", "openai"}).Draw(t, "engine"), Version: rapid.SampledFrom([]string{"1", "모델-2"}).Draw(t, "version"),
	}
	r = r.Rounded()
	for i := range r.Scores {
		r.Scores[i] = part.Draw(t, "score")
	}
	for range rapid.IntRange(0, 3).Draw(t, "labels") {
		r.Labels = append(r.Labels, rapid.SampledFrom(labels[:]).Draw(t, "other label"))
	}
	for range rapid.IntRange(0, 3).Draw(t, "fine labels") {
		r.Fine = append(r.Fine, rapid.SampledFrom(fine[:]).Draw(t, "fine"))
	}
	end := 0
	for range rapid.IntRange(0, 4).Draw(t, "spans") {
		start := end + rapid.IntRange(0, 300).Draw(t, "gap")
		end = start + rapid.IntRange(1, 300).Draw(t, "length")
		r.Evidence = append(r.Evidence, emotion.Span{Start: start, End: end})
	}
	if rapid.Bool().Draw(t, "said") {
		r.Said = emotion.Said{Korean: rapid.String().Draw(t, "Korean"), English: rapid.String().Draw(t, "English")}
	}
	return r
}

func TestReadingsAreLoadedAsTheyWereStored(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		ledger := emotion.NewLedger(db)
		at := time.Date(2026, 11, 22, 9, 0, 0, 123456000, time.UTC)
		seq := int64(0)
		rapid.Check(t, func(rt *rapid.T) {
			stored := make(map[int64]emotion.Reading)
			var entries []emotion.Entry
			var seqs []int64
			for range rapid.IntRange(1, 70).Draw(rt, "readings") {
				seq++
				reading := anyReading(rt)
				stored[seq] = reading
				seqs = append(seqs, seq)
				entries = append(entries, emotion.Entry{Room: 7, Seq: seq, Reading: reading, At: at})
			}
			require.NoError(rt, storage.Tx(t.Context(), db, func(tx *gorm.DB) error { return ledger.Store(tx, entries) }))
			loaded, err := emotion.LoadReadings(db, 7, seqs)
			require.NoError(rt, err)
			require.Equal(rt, stored, loaded)
		})
	})
}

func TestASourceOfAFailedTransactionIsStoredByTheNext(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		ledger := emotion.NewLedger(db)
		entry := emotion.Entry{Room: 1, Seq: 1, Reading: emotion.Reading{Label: emotion.Joy, Engine: "embedded", Version: "new"}, At: time.Unix(1, 0).UTC()}
		store := func(tx *gorm.DB) error { return ledger.Store(tx, []emotion.Entry{entry}) }
		failed := storage.Tx(t.Context(), db, func(tx *gorm.DB) error {
			require.NoError(t, store(tx))
			return gorm.ErrInvalidData
		})
		require.ErrorIs(t, failed, gorm.ErrInvalidData)
		require.NoError(t, storage.Tx(t.Context(), db, store))
		loaded, err := emotion.LoadReadings(db, 1, []int64{1})
		require.NoError(t, err)
		require.Equal(t, "new", loaded[1].Version)
	})
}

func FuzzDetailIsReadOrRefused(f *testing.F) {
	f.Add(emotion.AppendDetail(nil, &emotion.Reading{Labels: []emotion.Label{emotion.Joy}, Evidence: []emotion.Span{{Start: 1, End: 3}}}))
	f.Fuzz(func(t *testing.T, detail []byte) {
		var r emotion.Reading
		if emotion.ReadDetail(&r, detail) == nil {
			var again emotion.Reading
			require.NoError(t, emotion.ReadDetail(&again, emotion.AppendDetail(nil, &r)))
			require.Equal(t, r, again)
		}
	})
}

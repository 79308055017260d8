package search_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/search"
	"github.com/emosation/emosation/internal/testkit"
	"go.uber.org/zap"
)

// Whatever is found is found while it is new, while its chunk grows, and when its words are filed.
func TestWordsAreFoundAtEveryStageOfTheIndex(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji, juno, id := w.pair(t)
		seq := w.send(t, minji, id, "내일 회의실에서 Tomorrow’s meeting")[0]
		finds := func(stage string) {
			for _, q := range []string{"의", "회의", "의실에", "tomor", "t", "MEETING 내일"} {
				require.Len(t, w.find(t, juno, q), 1, "%s: %s", stage, q)
			}
			for _, q := range []string{"회실", "morrow", "meeting 모레", "회의-실에"} {
				require.Empty(t, w.find(t, juno, q), "%s: %s", stage, q)
			}
		}
		finds("new")
		w.index(t)
		finds("growing")
		w.send(t, juno, id, chatter(300)...)
		finds("growing, and more behind it")
		require.NoError(t, w.search.Index(t.Context(), 1))
		finds("full")
		require.NoError(t, w.search.File(t.Context(), time.Now().Add(time.Minute)))
		var filed int64
		require.NoError(t, w.db.Table("message_chunk_words").Count(&filed).Error)
		require.EqualValues(t, 1, filed)
		finds("filed")

		_, err := w.messages.Edit(t.Context(), minji, id, seq, "모레 카페 tomorrow")
		require.NoError(t, err)
		require.Empty(t, w.find(t, juno, "회의"))
		require.Len(t, w.find(t, juno, "카페 tomo"), 1)
		w.index(t)
		require.Empty(t, w.find(t, juno, "회의"))
		require.Len(t, w.find(t, juno, "카페 tomo"), 1)
		require.NoError(t, w.messages.Delete(t.Context(), minji, id, seq))
		require.Empty(t, w.find(t, juno, "카페"))
	})
}

func TestNothingOfATakenBackTextStaysInTheIndex(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji, _, id := w.pair(t)
		texts := chatter(256)
		texts[40] = "비밀번호는 hunter2"
		seqs := w.send(t, minji, id, texts...)
		other := w.send(t, minji, id, append(chatter(20), "또다른비밀")...)
		w.index(t)
		words := func() (n int64) {
			require.NoError(t, w.db.Table("message_chunk_words").Count(&n).Error)
			return n
		}
		imprint := func(first, seq int64) string {
			var all []byte
			require.NoError(t, w.db.Raw("SELECT imprints FROM message_chunks WHERE room_id = ? AND first_seq = ?", id, first).Row().Scan(&all))
			return string(all[(seq-first)*30:][:30])
		}
		nothing := strings.Repeat("\x00", 30)
		require.EqualValues(t, 1, words())
		require.NotEqual(t, nothing, imprint(1, seqs[40]))
		require.NoError(t, w.messages.Delete(t.Context(), minji, id, seqs[40]))
		require.Zero(t, words(), "the words of the chunk go as a whole")
		require.Equal(t, nothing, imprint(1, seqs[40]))
		require.NoError(t, w.messages.Delete(t.Context(), minji, id, other[20]))
		require.Equal(t, nothing, imprint(257, other[20]))
		w.index(t)
		require.EqualValues(t, 1, words(), "and come back without it")
	})
}

func TestOnlyRoomsOneIsJoinedInAreSearched(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji, juno, id := w.pair(t)
		hana := w.person(t)
		elsewhere := w.direct(t, hana, juno)
		for _, indexed := range []bool{false, true} {
			w.send(t, minji, id, "여기 secret")
			w.send(t, hana, elsewhere, "저기 secret")
			if indexed {
				w.index(t)
			}
			require.NotContains(t, w.find(t, minji, "secret"), "저기 secret")
			require.NotEmpty(t, w.find(t, minji, "secret"))
			require.Contains(t, w.find(t, juno, "secret"), "저기 secret")
			_, err := w.search.Find(t.Context(), minji, search.Query{Text: "secret", Room: elsewhere, Limit: 20})
			require.ErrorIs(t, err, room.ErrNotFound)
			_, err = w.search.Find(t.Context(), minji, search.Query{Text: "secret", Room: 1 << 40, Limit: 20})
			require.ErrorIs(t, err, room.ErrNotFound)
			require.Len(t, w.findAll(t, juno, search.Query{Text: "secret", Room: id, Limit: 20}), len(w.find(t, minji, "secret")))
		}
		page, err := w.search.Find(t.Context(), juno, search.Query{Text: "secret", Limit: 20})
		require.NoError(t, err)
		for _, state := range []room.MemberState{room.Left, room.Kicked} {
			w.seat(t, juno, id, state)
			require.NotContains(t, w.find(t, juno, "secret"), "여기 secret", state)
			_, err := w.search.Find(t.Context(), juno, search.Query{Text: "secret", Room: id, Limit: 20})
			require.ErrorIs(t, err, room.ErrNotFound)
			shown, err := w.messages.At(t.Context(), juno, page.Places)
			require.NoError(t, err)
			require.Len(t, shown, 2, "what was found before is not shown any more")
		}
	})
}

func TestNothingInAQueryIsAnOperator(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji, _, id := w.pair(t)
		bodies := []string{"plain words", "7000% sure_thing", "a \"quoted\" line", "c++ (really) ~not~ -never <b>", "AND OR NOT NEAR 회의*"}
		w.send(t, minji, id, bodies...)
		for range 2 {
			for q, want := range map[string][]string{
				`"quoted line"`: {bodies[2]}, `plain -words`: {bodies[0]}, `+words +plain`: {bodies[0]}, `w*`: {bodies[0]},
				`(really)`: {bodies[3]}, `~not`: {bodies[4], bodies[3]}, `NOT plain`: nil, `7000%`: {bodies[1]}, `%`: nil, `sure_`: {bodies[1]}, `p_ain`: nil,
				`<b>`: {bodies[3]}, `AND`: {bodies[4]}, `near/2`: nil, `회의*`: {bodies[4]}, `"`: nil, `words'; DROP TABLE messages --`: nil,
				`words:plain`: nil, `{words}`: {bodies[0]}, `^plain`: {bodies[0]}, `\`: nil, "plain\x00": {bodies[0]}, "\xffplain": {bodies[0]},
			} {
				_, err := w.search.Find(t.Context(), minji, search.Query{Text: q, Limit: 20})
				if !strings.ContainsFunc(q, func(r rune) bool {
					return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 0x1000 && r != 0xfffd
				}) {
					require.ErrorIs(t, err, fault.ErrInvalid, q)
					continue
				}
				require.NoError(t, err, q)
				got := w.find(t, minji, q)
				slices.Sort(got)
				slices.Sort(want)
				require.Equal(t, want, got, q)
			}
			w.send(t, minji, id, chatter(260)...)
			w.index(t)
		}
	})
}

func TestAQueryThatHoldsNothingIsNamed(t *testing.T) {
	s := search.NewService(testkit.SQLite(t), limit.New(nil, false), time.Now, zap.NewNop())
	for name, c := range map[string]struct {
		query search.Query
		field string
	}{
		"nothing":           {search.Query{Limit: 20}, "query.q"},
		"spaces":            {search.Query{Text: " \t\u3000", Limit: 20}, "query.q"},
		"punctuation":       {search.Query{Text: `"+-*()~<>@%_` + "…。", Limit: 20}, "query.q"},
		"what is invisible": {search.Query{Text: "\u200b\u200d\ufe0f\u3164", Limit: 20}, "query.q"},
		"too long":          {search.Query{Text: strings.Repeat("가", 101), Limit: 20}, "query.q"},
		"no limit":          {search.Query{Text: "a"}, "query.limit"},
		"too many":          {search.Query{Text: "a", Limit: 51}, "query.limit"},
		"a made up cursor":  {search.Query{Text: "a", Limit: 20, Cursor: "abc"}, "query.cursor"},
		"a longer cursor":   {search.Query{Text: "a", Limit: 20, Cursor: "AgICAg"}, "query.cursor"},
		"no cursor at all":  {search.Query{Text: "a", Limit: 20, Cursor: "!"}, "query.cursor"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.Find(t.Context(), 1, c.query)
			var wrong *fault.Error
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, fault.Invalid, wrong.Kind)
			require.Equal(t, c.field, wrong.Fields[0].Name)
		})
	}
}

func TestPagesHaveNeitherGapNorDouble(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji := w.person(t)
		var rooms []room.ID
		for range 3 {
			rooms = append(rooms, w.direct(t, minji, w.person(t)))
		}
		want := 0
		for part := range 4 {
			for i, id := range rooms {
				texts := chatter(90)
				for n := i; n < len(texts); n += 7 {
					texts[n] = fmt.Sprintf("찾을 말 %d", n)
					want++
				}
				w.send(t, minji, id, texts...)
			}
			if part == 2 {
				w.index(t)
			}
		}
		var found []search.Place
		seen := make(map[search.Place]bool)
		q := search.Query{Text: "찾을", Limit: 7}
		for pages := 0; ; pages++ {
			page, err := w.search.Find(t.Context(), minji, q)
			require.NoError(t, err)
			for _, p := range page.Places {
				require.False(t, seen[p], "%v twice", p)
				seen[p] = true
				found = append(found, p)
			}
			if page.Next == "" {
				break
			}
			require.Len(t, page.Places, 7)
			q.Cursor = page.Next
			w.send(t, minji, rooms[pages%3], "찾을 말이 새로")
			if pages == 5 {
				w.index(t)
			}
		}
		require.Len(t, found, want)
		messages, err := w.messages.At(t.Context(), minji, found)
		require.NoError(t, err)
		require.Len(t, messages, want)
		require.True(t, slices.IsSortedFunc(messages, func(a, b message.Message) int { return b.SentAt.Compare(a.SentAt) }))
	})
}

func TestASearchIsRefusedWhenThereWereTooMany(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, stack testkit.Stack) {
		s := search.NewService(stack.DB, limit.New(stack.Redis, true), time.Now, zap.NewNop())
		var err error
		for range 100 {
			if _, err = s.Find(t.Context(), 1, search.Query{Text: "a", Limit: 20}); err != nil {
				break
			}
		}
		require.ErrorIs(t, err, limit.ErrTooMany)
		_, err = s.Find(t.Context(), 2, search.Query{Text: "a", Limit: 20})
		require.NoError(t, err, "somebody else may")
	})
}

func TestASlowSearchMakesRunIndex(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji, _, id := w.pair(t)
		w.send(t, minji, id, chatter(2100)...)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- w.search.Run(ctx) }()
		require.NotEmpty(t, w.find(t, minji, "filler")) // notices how much it has to read
		require.Eventually(t, func() bool {
			var indexed int64
			require.NoError(t, w.db.Raw("SELECT indexed_seq FROM rooms WHERE id = ?", id).Row().Scan(&indexed))
			return indexed >= 2048
		}, 20*time.Second, 10*time.Millisecond)
		stop()
		require.NoError(t, <-done)
	})
}

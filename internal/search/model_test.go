package search_test

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"pgregory.net/rapid"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/search"
	"github.com/emosation/emosation/internal/testkit"
)

// model is what was said, as a list.
type model struct {
	w      *world
	me     account.ID
	rooms  []room.ID
	said   []message.Message
	joined map[room.ID]bool
}

// pieces are words that share syllables, and beginnings.
var pieces = []string{"회의", "회의실", "의실", "실수", "내일", "tomorrow", "tomato", "tom", "T", "2026", "26", "👍", "ㅋㅋ", "카페", "Café"}

func (m *model) sentence(t *rapid.T) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 4).Draw(t, "words"), rapid.SampledFrom([]string{" ", "", ", "}).Draw(t, "between"))
}

// check looks for one thing in all ways and compares it with reading everything.
func (m *model) check(t *rapid.T, tb testing.TB) {
	text := m.sentence(t)
	only := rapid.SampledFrom(append([]room.ID{0}, m.rooms...)).Draw(t, "room")
	if only != 0 && !m.joined[only] {
		_, err := m.w.search.Find(tb.Context(), m.me, search.Query{Text: text, Room: only, Limit: 10})
		require.ErrorIs(t, err, room.ErrNotFound)
		return
	}
	var want, got []search.Place
	for _, s := range m.said {
		if m.joined[s.Room] && (only == 0 || s.Room == only) && s.DeletedAt == nil && search.Matches(text, s.Body) {
			want = append(want, search.Place{Room: s.Room, Seq: s.Seq})
		}
	}
	found := m.w.findAll(tb, m.me, search.Query{Text: text, Room: only, Limit: rapid.IntRange(1, 50).Draw(t, "limit")})
	newest := func(a, b message.Message) int {
		if c := b.SentAt.Compare(a.SentAt); c != 0 {
			return c
		}
		if a.Room != b.Room {
			return int(b.Room - a.Room)
		}
		return int(b.Seq - a.Seq)
	}
	require.True(t, slices.IsSortedFunc(found, newest), "newest first")
	for _, f := range found {
		got = append(got, search.Place{Room: f.Room, Seq: f.Seq})
	}
	require.ElementsMatch(t, want, got, "%q", text)
}

func (m *model) pick(t *rapid.T) *message.Message {
	if len(m.said) == 0 {
		return nil
	}
	s := &m.said[rapid.IntRange(0, len(m.said)-1).Draw(t, "message")]
	if s.DeletedAt != nil || !m.joined[s.Room] {
		return nil
	}
	return s
}

func (m *model) actions(tb testing.TB) map[string]func(*rapid.T) {
	ctx := tb.Context()
	return map[string]func(*rapid.T){
		"": func(t *rapid.T) { m.check(t, tb) },
		"send": func(t *rapid.T) {
			id := rapid.SampledFrom(m.rooms).Draw(t, "to")
			if !m.joined[id] {
				return
			}
			texts := make([]string, rapid.SampledFrom([]int{1, 3, 150}).Draw(t, "messages"))
			for i := range texts {
				texts[i] = m.sentence(t)
			}
			m.said = append(m.said, m.w.say(tb, m.me, id, texts...)...)
		},
		"edit": func(t *rapid.T) {
			if s := m.pick(t); s != nil {
				changed, err := m.w.messages.Edit(ctx, m.me, s.Room, s.Seq, m.sentence(t))
				require.NoError(t, err)
				*s = changed
			}
		},
		"delete": func(t *rapid.T) {
			if s := m.pick(t); s != nil {
				require.NoError(t, m.w.messages.Delete(ctx, m.me, s.Room, s.Seq))
				s.DeletedAt = new(time.Now())
			}
		},
		"index": func(t *rapid.T) {
			require.NoError(t, m.w.search.Index(ctx, rapid.SampledFrom([]int64{1, 100, 512}).Draw(t, "least")))
		},
		"file": func(t *rapid.T) { require.NoError(t, m.w.search.File(ctx, time.Now().Add(time.Minute))) },
		"leave or return": func(t *rapid.T) {
			id := rapid.SampledFrom(m.rooms).Draw(t, "room")
			state := room.Joined
			if m.joined[id] {
				state = room.Left
			}
			m.joined[id] = !m.joined[id]
			m.w.seat(tb, m.me, id, state)
		},
	}
}

func (m *model) start(tb testing.TB) {
	m.me, m.rooms, m.said, m.joined = m.w.person(tb), nil, nil, map[room.ID]bool{}
	for range 2 {
		id := m.w.direct(tb, m.me, m.w.person(tb))
		m.rooms, m.joined[id] = append(m.rooms, id), true
	}
}

func TestFindingAgreesWithReadingEverything(t *testing.T) {
	bound(t, "rapid.nofailfile", "true")
	bound(t, "rapid.checks", "15") // each is many steps, and a step is many statements
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		w, asking := newWorld(t, db), newWorld(t, db)
		asking.search.AlwaysAsk()
		rapid.Check(t, func(r *rapid.T) {
			m := &model{w: rapid.SampledFrom([]*world{w, asking}).Draw(r, "world")}
			m.start(t)
			r.Repeat(m.actions(t))
		})
	})
}

// bound keeps a check short, unless somebody asked for more.
func bound(t *testing.T, name, value string) {
	t.Helper()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	if !given {
		require.NoError(t, flag.Set(name, value))
	}
}

// What holds a word all the time is found all the time, and what was acknowledged at once, whatever happens to the index
// meanwhile; on two nodes that both keep it.
func TestNothingEscapesWhileTheIndexIsWritten(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		minji, juno, id := w.pair(t)
		w.search.AlwaysAsk()
		other := search.NewService(w.db, w.limits, time.Now, w.log)
		other.AlwaysAsk()
		texts := chatter(300)
		texts[7], texts[200] = "언제나 alpha 0", "언제나 alpha 1"
		seqs := w.send(t, minji, id, texts...)

		ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
		defer stop()
		var busy sync.WaitGroup
		for _, s := range []*search.Service{w.search, other} {
			busy.Go(func() {
				for ctx.Err() == nil {
					require.NoError(t, ignore(ctx, s.Index(ctx, 1)))
					require.NoError(t, ignore(ctx, s.File(ctx, time.Now().Add(time.Minute))))
				}
			})
		}
		busy.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				_, err := w.messages.Edit(t.Context(), minji, id, seqs[7], fmt.Sprintf("언제나 alpha %d", n))
				require.NoError(t, err)
				_, err = w.messages.Edit(t.Context(), minji, id, seqs[200], fmt.Sprintf("%d 언제나", n))
				require.NoError(t, err)
				_, err = w.messages.Edit(t.Context(), minji, id, seqs[200], fmt.Sprintf("%d 언제나 alpha", n))
				require.NoError(t, err)
			}
		})
		busy.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				word := fmt.Sprintf("unique%dword", n)
				seq := w.send(t, juno, id, "방금 말한 것")[0]
				_, err := w.messages.Edit(t.Context(), juno, id, seq, "방금 "+word) // maybe while it is indexed
				require.NoError(t, err)
				require.Len(t, w.find(t, minji, word), 1)
				require.NoError(t, w.messages.Delete(t.Context(), juno, id, seq))
				require.Empty(t, w.find(t, minji, word))
			}
		})
		for ctx.Err() == nil {
			page, err := w.search.Find(t.Context(), juno, search.Query{Text: "언제나", Limit: 20})
			require.NoError(t, err)
			require.Len(t, page.Places, 2)
			page, err = w.search.Find(t.Context(), juno, search.Query{Text: "alpha 언제", Limit: 20})
			require.NoError(t, err)
			require.GreaterOrEqual(t, len(page.Places), 1)
		}
		busy.Wait()
		w.index(t)
		require.Len(t, w.find(t, minji, "언제나 alpha"), 2)
		var chunks, messages int64
		require.NoError(t, w.db.Raw("SELECT COUNT(*) FROM message_chunks").Row().Scan(&chunks))
		require.NoError(t, w.db.Raw("SELECT last_seq FROM rooms WHERE id = ?", id).Row().Scan(&messages))
		require.Equal(t, (messages+255)/256, chunks)
	})
}

// ignore forgets what went wrong because the test is over.
func ignore(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

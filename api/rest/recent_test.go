package rest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

// ask hands a request to the handler without a net between.
func (p person) ask(t testing.TB, method, path string, body any) *httptest.ResponseRecorder {
	t.Helper()
	text := ""
	if body != nil {
		data, err := json.Marshal(body)
		require.NoError(t, err)
		text = string(data)
	}
	r := httptest.NewRequestWithContext(t.Context(), method, "/api/v1"+path, strings.NewReader(text))
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	} else {
		r.Body = http.NoBody
	}
	r.Header.Set("Authorization", "Bearer "+p.access)
	answer := httptest.NewRecorder()
	p.echo.ServeHTTP(answer, r)
	return answer
}

// must is ask for what has to succeed; it returns the JSON.
func (p person) must(t testing.TB, method, path string, body any) (out map[string]any) {
	t.Helper()
	answer := p.ask(t, method, path, body)
	require.Less(t, answer.Code, 300, "%s %s: %s", method, path, answer.Body)
	if answer.Body.Len() > 0 {
		require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &out))
	}
	return out
}

// at is the same person on another node.
func (p person) at(w *world) person {
	p.world = w
	return p
}

func (p person) newRoom(t testing.TB, others ...person) (path string) {
	t.Helper()
	made := p.must(t, "POST", "/rooms", map[string]any{"kind": "group", "title": uuid.NewString(), "capacity": 20})
	path = fmt.Sprintf("/rooms/%.0f", made["id"])
	for _, o := range others {
		o.must(t, "POST", path+"/members", map[string]any{})
	}
	return path
}

func (p person) say(t testing.TB, path, body string) (seq int64) {
	t.Helper()
	return int64(p.must(t, "POST", path+"/messages", map[string]any{"clientId": uuid.NewString(), "body": body})["seq"].(float64))
}

// page is a page as openapi.yaml describes it.
func (p person) page(t *testing.T, path, query string) openapi.MessagePage {
	t.Helper()
	answer := p.ask(t, "GET", path+"/messages"+query, nil)
	require.Equal(t, http.StatusOK, answer.Code, answer.Body)
	var page openapi.MessagePage
	require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &page))
	again, err := json.Marshal(page)
	require.NoError(t, err)
	require.Equal(t, string(again), answer.Body.String(), "it is not what encoding/json would have written")
	require.Equal(t, fmt.Sprint(len(again)), answer.Header().Get("Content-Length"))
	return page
}

func withoutRecent(s *settings) { s.bare = true }

// Whatever happened in a room and whatever part of it somebody asks for, what is remembered is what the database holds.
func TestAPageIsTheSameFromTheCacheAndFromTheDatabase(t *testing.T) {
	eachWorld(t, func(t *testing.T, near *world) {
		key := func(s *settings) { s.Key = near.key }
		bare := newWorld(t, near.Stack, withoutRecent, key)
		minji, juno, sora := near.join(t, "minji"), near.join(t, "juno"), near.join(t, "sora")
		people := []person{minji, juno, sora}
		juno.must(t, "PATCH", "/users/me", map[string]any{"locale": "en"})
		path := minji.newRoom(t, juno, sora)
		random := rand.New(rand.NewPCG(1, 2))
		last := int64(3) // the lines
		for i := range 260 {
			who := people[random.IntN(len(people))]
			seq := max(1, last-random.Int64N(230))
			switch n := random.IntN(20); {
			case n < 12 || i < 20:
				last = who.say(t, path, fmt.Sprint("오늘 <b>정말</b> 고마웠어 ", i))
			case n == 12:
				who.ask(t, "DELETE", fmt.Sprintf("%s/messages/%d", path, seq), nil)
			case n < 15:
				who.ask(t, "PATCH", fmt.Sprintf("%s/messages/%d", path, seq), map[string]any{"body": fmt.Sprint("changed ", i)})
			case n < 17:
				who.ask(t, "PUT", fmt.Sprintf("%s/messages/%d/reactions/%%F0%%9F%%91%%8D", path, seq), nil)
			case n == 17:
				share := []string{"everyone", "self", "off"}[random.IntN(3)]
				who.must(t, "PATCH", "/users/me", map[string]any{"shareReadings": share, "showReadings": random.IntN(4) > 0})
			default:
				limit := 1 + random.IntN(message.MaxPage)
				queries := []string{
					"", fmt.Sprintf("?limit=%d", limit), fmt.Sprintf("?before=%d&limit=%d", random.Int64N(last+3), limit),
					fmt.Sprintf("?after=%d&limit=%d", random.Int64N(last+3), limit), fmt.Sprintf("?since_rev=%d&limit=%d", max(0, last+20-random.Int64N(60)), limit),
				}
				for _, query := range queries {
					require.Equal(t, who.at(bare).page(t, path, query), who.page(t, path, query), query)
				}
			}
		}
		require.Greater(t, last, int64(message.MaxPage/2))
	})
}

// acknowledged is what everybody may rely on: who asks from now on has to be shown this or what came later.
type acknowledged struct {
	mu       sync.Mutex
	revs     map[int64]int64  // of messages, by seq
	bodies   map[int64]string // as of that rev
	doomed   map[int64]bool   // whether somebody has begun to take it back; then its reading goes
	last     int64
	sharing  bool // whether the author shows readings, once it is settled
	settled  bool
	flips    int
	inside   bool // whether the guest is joined, once it is known
	known    bool
	arrivals int
}

func (a *acknowledged) set(fn func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	fn()
}

func (a *acknowledged) noted(m map[string]any) {
	a.set(func() {
		seq, rev := int64(m["seq"].(float64)), int64(m["rev"].(float64))
		if a.last = max(a.last, seq); rev > a.revs[seq] {
			a.revs[seq], a.bodies[seq] = rev, m["body"].(string)
		}
	})
}

func (a *acknowledged) now() (c acknowledgement) {
	a.set(func() {
		c = acknowledgement{maps.Clone(a.revs), maps.Clone(a.bodies), maps.Clone(a.doomed), a.last, a.sharing, a.settled, a.flips, a.inside, a.known, a.arrivals}
	})
	return c
}

type acknowledgement struct {
	revs             map[int64]int64
	bodies           map[int64]string
	doomed           map[int64]bool
	last             int64
	sharing, settled bool
	flips            int
	inside, known    bool
	arrivals         int
}

// On two nodes people write, edit, take back and react, change their mind about readings, come and go, while others read.
// Nobody is ever shown less than what was acknowledged before they asked.
func TestNoPageIsOlderThanItsRequest(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		one := newWorld(t, s)
		two := newWorld(t, s, func(set *settings) { set.Key = one.key })
		nodes := []*world{one, two}
		author, friend, guest := one.join(t, "author"), one.join(t, "friend"), one.join(t, "guest")
		path := author.newRoom(t, friend)
		a := &acknowledged{revs: map[int64]int64{}, bodies: map[int64]string{}, doomed: map[int64]bool{}, sharing: true, settled: true, known: true}
		for range 30 {
			a.noted(author.must(t, "POST", path+"/messages", map[string]any{"clientId": uuid.NewString(), "body": "hello"}))
		}
		var working, reading sync.WaitGroup
		over, end := context.WithCancel(t.Context())
		work := func(times int, do func(p func(person) person, i int)) {
			working.Go(func() {
				for i := range times {
					do(func(p person) person { return p.at(nodes[rand.IntN(2)]) }, i)
				}
			})
		}
		for _, writer := range []person{author, friend} {
			work(60, func(on func(person) person, i int) {
				a.noted(on(writer).must(t, "POST", path+"/messages", map[string]any{"clientId": uuid.NewString(), "body": fmt.Sprint(writer.id, "-", i)}))
			})
		}
		work(40, func(on func(person) person, i int) {
			seq := a.now().last - rand.Int64N(30)
			if answer := on(author).ask(t, "PATCH", fmt.Sprintf("%s/messages/%d", path, seq), map[string]any{"body": fmt.Sprint("edited ", i)}); answer.Code == http.StatusOK {
				var m map[string]any
				require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &m))
				a.noted(m)
			}
			a.set(func() { a.doomed[seq] = a.doomed[seq] || i%4 == 0 })
			if i%4 == 0 && on(author).ask(t, "DELETE", fmt.Sprintf("%s/messages/%d", path, seq), nil).Code == http.StatusNoContent {
				a.set(func() { a.revs[seq], a.bodies[seq] = a.revs[seq]+1, "" })
			}
		})
		work(30, func(on func(person) person, i int) {
			sharing := i%2 == 1
			a.set(func() { a.settled, a.flips = false, a.flips+1 })
			on(author).must(t, "PATCH", "/users/me", map[string]any{"shareReadings": map[bool]string{true: "everyone", false: "self"}[sharing]})
			a.set(func() { a.settled, a.sharing = true, sharing })
		})
		work(20, func(on func(person) person, i int) {
			a.set(func() { a.known, a.arrivals = false, a.arrivals+1 })
			if i%2 == 0 {
				on(guest).must(t, "POST", path+"/members", map[string]any{})
			} else {
				on(guest).must(t, "DELETE", path+"/members/me", nil)
			}
			a.set(func() { a.known, a.inside = true, i%2 == 0 })
		})
		for i := range 4 {
			reading.Go(func() {
				for over.Err() == nil {
					before := a.now()
					p := friend.at(nodes[i%2])
					if i == 3 {
						p = guest.at(nodes[rand.IntN(2)])
					}
					answer := p.ask(t, "GET", path+"/messages?limit=100", nil)
					after := a.now()
					if i == 3 && before.known && before.arrivals == after.arrivals {
						require.Equal(t, map[bool]int{true: 200, false: 404}[before.inside], answer.Code, answer.Body)
					}
					if answer.Code != http.StatusOK {
						require.Equal(t, 3, i, answer.Body)
						continue
					}
					var page openapi.MessagePage
					require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &page))
					compare(t, before, after, page, author.id)
				}
			})
		}
		working.Wait()
		end()
		reading.Wait()
		guest.must(t, "POST", path+"/members", map[string]any{})
		for _, p := range []person{friend.at(one), friend.at(two), guest.at(one), guest.at(two)} {
			compare(t, a.now(), a.now(), p.page(t, path, "?limit=100"), author.id)
		}
	})
}

// compare holds a page to what was acknowledged before it was asked for.
func compare(t *testing.T, before, after acknowledgement, page openapi.MessagePage, author int64) {
	t.Helper()
	require.GreaterOrEqual(t, page.LastSeq, before.last)
	require.NotEmpty(t, page.Items)
	newest := page.Items[len(page.Items)-1].Seq
	require.GreaterOrEqual(t, newest, before.last)
	for i, m := range page.Items {
		require.Equal(t, newest-int64(len(page.Items)-1-i), m.Seq, "without gaps")
		require.GreaterOrEqual(t, m.Rev, before.revs[m.Seq], "message %d", m.Seq)
		if m.Rev == before.revs[m.Seq] {
			require.Equal(t, before.bodies[m.Seq], m.Body)
		}
		if m.Sender == author && m.Kind == openapi.MessageKindText && !after.doomed[m.Seq] && before.settled && before.flips == after.flips {
			require.Equal(t, before.sharing, m.Reading != nil, "the reading of message %d", m.Seq)
		}
	}
}

// shelf is a cache that gives what a test put there.
type shelf struct {
	mu    sync.Mutex
	texts map[string]string
	puts  int
}

func (s *shelf) Get(_ context.Context, key string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text, ok := s.texts[key]
	return text, ok
}

func (s *shelf) Put(_ context.Context, key, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.puts++
	s.texts[key] = text
}

func (s *shelf) Drop(_ context.Context, key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.texts, key)
}

// seen is how a member sees a room now.
func (w *world) seen(t *testing.T, path string) (at room.Sight) {
	t.Helper()
	_, err := fmt.Sscanf(path, "/rooms/%d", &at.ID)
	require.NoError(t, err)
	row := w.DB.Raw("SELECT state, last_seq, last_rev, members_rev, created_at FROM rooms WHERE id = ?", at.ID).Row()
	require.NoError(t, row.Scan(&at.State, &at.LastSeq, &at.LastRev, &at.MembersRev, &at.CreatedAt))
	return at
}

func TestACacheThatIsWrongChangesNothing(t *testing.T) {
	w := embedded(t)
	minji := w.join(t, "minji")
	path, other := minji.newRoom(t), minji.newRoom(t)
	reader := message.Reader{ID: account.ID(minji.id), Locale: account.Korean, ShowReadings: true}
	read := func(s *shelf, path string) string {
		recent := message.NewRecent(w.DB, emotion.ModeEmbedded, s, wire.Cut, time.Now)
		e, ok, err := recent.Excerpt(t.Context(), w.seen(t, path), reader, message.Cursor{Limit: 10})
		require.NoError(t, err)
		require.True(t, ok)
		return string(wire.Page("1", e))
	}
	kept := func(path string) string {
		s := &shelf{texts: map[string]string{}}
		read(s, path)
		for _, text := range s.texts {
			return text
		}
		return ""
	}
	for i := range 5 {
		minji.say(t, path, fmt.Sprint("one ", i))
		minji.say(t, other, fmt.Sprint("other ", i))
	}
	old := kept(path)
	for _, path := range []string{path, other} { // so that both have the same revs
		minji.must(t, "PATCH", path+"/messages/2", map[string]any{"body": "changed"})
	}
	minji.must(t, "PATCH", "/users/me", map[string]any{"shareReadings": "self"})
	unshared := kept(path)
	minji.must(t, "PATCH", "/users/me", map[string]any{"shareReadings": "everyone"})
	good := kept(path)
	want := read(&shelf{texts: map[string]string{}}, path)
	require.Contains(t, want, "changed")

	key := strings.TrimPrefix(path, "/rooms/")
	poison := map[string]string{
		"nothing": "", "words": "not a snapshot", "zeroes": strings.Repeat("\x00", 500), "an old one": old, "of another choice": unshared,
		"of another room": kept(other), "cut short": good[:len(good)-1], "too long": good + "x", "half": good[:len(good)/2],
	}
	for i := 0; i < len(good); i += 7 {
		poison[fmt.Sprint("a wrong byte at ", i)] = good[:i] + string(good[i]^0x10) + good[i+1:]
	}
	for name, text := range poison {
		require.Equal(t, want, read(&shelf{texts: map[string]string{key: text}}, path), name)
	}
	s := &shelf{texts: map[string]string{key: good}}
	require.Equal(t, want, read(s, path))
	require.Zero(t, s.puts, "what is right is taken as it is, or this test proves nothing")
}

func TestWithoutRedisAPageComesFromTheDatabase(t *testing.T) {
	w := embedded(t)
	minji := w.join(t, "minji")
	path := minji.newRoom(t)
	minji.say(t, path, "hello")
	gone, closed, err := storage.OpenRedis(t.Context(), storage.EmbeddedRedis)
	require.NoError(t, err)
	closed()
	recent := message.NewRecent(w.DB, emotion.ModeEmbedded, storage.NewCache(gone, "recent:", time.Minute, time.Now), wire.Cut, time.Now)
	for range 3 {
		e, ok, err := recent.Excerpt(t.Context(), w.seen(t, path), message.Reader{ID: account.ID(minji.id)}, message.Cursor{Limit: 10})
		require.NoError(t, err)
		require.True(t, ok)
		require.Contains(t, string(wire.Page("1", e)), "hello")
		minji.say(t, path, "again")
	}
}

// The database is asked for messages once for each change, whoever reads, and other nodes take what one has made of them. A room with
// much to say is given to the cache now and then.
func TestWhatIsKnownIsNotReadAgain(t *testing.T) {
	w := embedded(t)
	minji := w.join(t, "minji")
	path := minji.newRoom(t)
	var loads atomic.Int64
	require.NoError(t, w.DB.Callback().Row().Before("gorm:row").Register("count", func(tx *gorm.DB) {
		if tx.Statement.TableExpr != nil && strings.HasPrefix(tx.Statement.TableExpr.SQL, "messages") {
			loads.Add(1)
		}
	}))
	clock := testkit.NewClock(time.Now())
	s := &shelf{texts: map[string]string{}}
	one, two := message.NewRecent(w.DB, emotion.ModeEmbedded, s, wire.Cut, clock.Now), message.NewRecent(w.DB, emotion.ModeEmbedded, s, wire.Cut, clock.Now)
	read := func(r *message.Recent, c message.Cursor) string {
		e, ok, err := r.Excerpt(t.Context(), w.seen(t, path), message.Reader{ID: account.ID(minji.id)}, c)
		require.NoError(t, err)
		require.True(t, ok)
		return string(wire.Page("1", e))
	}
	minji.say(t, path, "hello")
	at := int64(2)
	loads.Store(0)
	for range 5 {
		for _, c := range []message.Cursor{{Limit: 100}, {Before: &at, Limit: 3}, {After: new(int64), Limit: 1}, {SinceRev: &at, Limit: 7}} {
			read(one, c)
			read(two, c)
		}
	}
	require.EqualValues(t, 1, loads.Load())
	require.Equal(t, 1, s.puts)
	for i := range 10 {
		minji.say(t, path, fmt.Sprint("more ", i))
		loads.Store(0)
		require.Contains(t, read(one, message.Cursor{Limit: 100}), fmt.Sprint("more ", i))
		read(one, message.Cursor{Limit: 50})
		require.EqualValues(t, 1, loads.Load())
	}
	require.Equal(t, 1, s.puts)
	clock.Advance(time.Second)
	minji.say(t, path, "the last")
	read(one, message.Cursor{Limit: 100})
	require.Equal(t, 2, s.puts)
	loads.Store(0)
	require.Contains(t, read(two, message.Cursor{Limit: 100}), "the last")
	require.Zero(t, loads.Load())
}

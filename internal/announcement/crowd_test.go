package announcement_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/announcement"
	"github.com/emosation/emosation/internal/realtime"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

// place is a node with a real bus.
type place struct {
	*announcement.Service
	*realtime.Bus
	most atomic.Int64 // people at once
}

// peer is a connection that counts what it is sent.
type peer struct{ got atomic.Int64 }

func (p *peer) Send([]byte) { p.got.Add(1) }
func (*peer) View(string)   {}
func (*peer) End()          {}

func newPlace(t *testing.T, s testkit.Stack) *place {
	t.Helper()
	p := &place{}
	p.Bus = realtime.NewBus(realtime.Options{
		Redis: s.Redis, Now: time.Now, Log: zap.NewNop(), PresenceChanged: func(context.Context, int64, bool) {},
		Encode: func(event any) []realtime.Delivery {
			var users []int64
			for _, who := range event.(announcement.Sent).To {
				users = append(users, int64(who))
			}
			return []realtime.Delivery{{Once: true, Users: users, Envelope: []byte("{}")}}
		},
		Standing: func(_ context.Context, clients []realtime.Client) ([]realtime.Standing, error) {
			return make([]realtime.Standing, len(clients)), nil
		},
	})
	p.Service = announcement.NewService(announcement.Deps{
		DB: s.DB, Events: p, Now: time.Now, Log: zap.NewNop(), Present: func() (ids []account.ID) {
			for _, user := range p.Bus.Present() {
				ids = append(ids, account.ID(user))
			}
			return ids
		},
	})
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { _ = p.Bus.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
	return p
}

// Publish notes how many people an announcement is on its way to.
func (p *place) Publish(ctx context.Context, event any) {
	p.most.Store(max(p.most.Load(), int64(len(event.(announcement.Sent).To))))
	p.Bus.Publish(ctx, event)
}

// connect opens connections of people, several at a time.
func (p *place) connect(t *testing.T, people []account.ID) []*peer {
	t.Helper()
	peers := make([]*peer, len(people))
	var g errgroup.Group
	g.SetLimit(50)
	for i, who := range people {
		peers[i] = &peer{}
		g.Go(func() error {
			c := realtime.NewConn(int64(who), int64(who), "", peers[i])
			if err := p.Connect(t.Context(), c, func(context.Context) ([]realtime.Head, error) { return nil, nil }); err != nil {
				return err
			}
			p.Arrived(who)
			return nil
		})
	}
	require.NoError(t, g.Wait())
	return peers
}

// crowd stores many accounts with few statements, and returns their ids.
func crowd(t *testing.T, db *gorm.DB, n int) (ids []account.ID) {
	t.Helper()
	rows := storage.NewRows(db, "users", "email", "email_key", "nickname", "nickname_key", "password_hash", "role", "locale",
		"share_readings", "show_readings", "created_at", "updated_at")
	var args []any
	for i := range n {
		name := fmt.Sprint("crowd", i)
		args = append(args, name, name, name, name, "-", "user", "ko", "off", true, noon, noon)
		if len(args) == 500*11 || i == n-1 {
			require.NoError(t, storage.Tx(t.Context(), db, func(tx *gorm.DB) error { return rows.Insert(tx, args) }))
			args = args[:0]
		}
	}
	require.NoError(t, db.Table("users").Where("email LIKE 'crowd%'").Order("id").Pluck("id", &ids).Error)
	require.Len(t, ids, n)
	return ids
}

// Of 10 000 people 3 000 are online on two nodes, some of them on both. All are told once, those who are away when they come, in batches.
func TestEverybodyIsToldExactlyOnceOnTwoNodes(t *testing.T) {
	const online, onBoth, back = 3000, 300, 600
	s := testkit.Stack{DB: testkit.MariaDB(t), Redis: testkit.Redis(t)} // what nodes share
	w := newWorld(t, s.DB)
	w.clock.Advance(time.Since(noon)) // people were there before
	people := crowd(t, s.DB, 10_000)
	places := []*place{newPlace(t, s), newPlace(t, s)}
	half := (online - onBoth) / 2
	groups := [][]account.ID{people[:half+onBoth], people[half:online]}
	connections := make(map[account.ID][]*peer)
	connect := func(at int, who []account.ID) {
		for i, p := range places[at].connect(t, who) {
			connections[who[i]] = append(connections[who[i]], p)
		}
	}
	turn := func(p *place) {
		_, err := p.Turn(t.Context())
		require.NoError(t, err)
	}
	for i, group := range groups {
		connect(i, group)
		turn(places[i])
	}
	made := w.announce("Hello")
	var both sync.WaitGroup
	for _, p := range places {
		both.Go(func() { turn(p) })
	}
	both.Wait()
	for _, p := range places {
		require.LessOrEqual(t, p.most.Load(), int64(500))
	}
	told := func(people []account.ID) func() bool {
		return func() bool {
			return !slices.ContainsFunc(people, func(id account.ID) bool {
				return !slices.ContainsFunc(connections[id], func(p *peer) bool { return p.got.Load() > 0 })
			})
		}
	}
	require.Eventually(t, told(people[:online]), time.Minute, 10*time.Millisecond)

	// Some who were away come to either node or to both at once, and with them some who were not.
	connect(0, people[online:online+back])
	connect(1, people[online+back/2:online+back])
	late := places[1].connect(t, people[:100])
	both.Go(func() { turn(places[0]) })
	both.Go(func() { turn(places[1]) })
	both.Wait()
	require.Eventually(t, told(people[online:online+back]), time.Minute, 10*time.Millisecond)
	for i, id := range people {
		for n, p := range connections[id] {
			require.LessOrEqual(t, p.got.Load(), int64(1), "connection %d of %d", n, i)
		}
	}
	for _, p := range late {
		require.Zero(t, p.got.Load(), "they were told before")
	}
	overview := w.all()[0]
	require.Equal(t, made.ID, overview.ID)
	require.EqualValues(t, online+back, overview.Delivered)
}

// tally counts what each is sent, in memory that it has beforehand.
type tally map[account.ID]int

func (c tally) Publish(_ context.Context, event any) {
	for _, who := range event.(announcement.Sent).To {
		c[who]++
	}
}

// What a node needs to tell many people does not grow with how many there are. It is measured when it has the most of them in hand.
func TestWhatIsInHandDoesNotGrowWithTheCrowd(t *testing.T) {
	w := newWorld(t, testkit.MariaDB(t))
	people := crowd(t, w.db, 5_000)
	var idle, peak int64
	require.NoError(t, w.db.Callback().Create().After("gorm:create").Register("test:measure", func(*gorm.DB) {
		peak = max(peak, inUse()-idle)
	}))
	need := func(here []account.ID) int64 {
		told := make(tally, len(here))
		for _, who := range here {
			told[who] = 0
		}
		node := announcement.NewService(announcement.Deps{
			DB: w.db, Events: told, Now: w.clock.Now, Log: zap.NewNop(), Present: func() []account.ID { return here },
		})
		made := w.announce("Hello")
		idle, peak = inUse(), 0
		_, err := node.Turn(t.Context())
		require.NoError(t, err)
		for _, who := range here {
			require.Equal(t, 1, told[who])
		}
		require.NoError(t, w.Withdraw(t.Context(), w.by, made.ID))
		return peak
	}
	need(people[:10]) // what is made once
	few, many := need(people[10:910]), need(people[910:])
	t.Log(few, many)
	require.Less(t, many, few+200<<10, "bytes")
}

func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc) //nolint:gosec // a test has less
}

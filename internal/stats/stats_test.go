package stats_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/stats"
	"github.com/emosation/emosation/internal/testkit"
)

// world is a server whose clock the test moves.
type world struct {
	testkit.Stack
	clock *testkit.Clock
	zone  *time.Location
	deps  stats.Deps
}

func newWorld(t *testing.T, s testkit.Stack, zone string, at time.Time) *world {
	t.Helper()
	location, err := time.LoadLocation(zone)
	require.NoError(t, err)
	w := &world{Stack: s, zone: location, clock: testkit.NewClock(at)}
	w.deps = stats.Deps{
		DB: s.DB, Redis: s.Redis, Zone: location, Now: w.clock.Now, Log: zap.NewNop(),
		Online: func(context.Context) stats.Online { return stats.Online{Users: 2, Sessions: 3, Nodes: 1} },
	}
	return w
}

func (w *world) node() *stats.Service { return stats.NewService(w.deps) }

// at moves the clock to a time of day in the world's zone.
func (w *world) at(t *testing.T, day int, hour, minute int) {
	t.Helper()
	to := time.Date(2026, time.December, day, hour, minute, 0, 0, w.zone)
	require.False(t, to.Before(w.clock.Now()), "clocks go on")
	w.clock.Advance(to.Sub(w.clock.Now()))
}

func (w *world) join(t *testing.T, n int) {
	t.Helper()
	name := fmt.Sprintf("n%d-%d", n, w.clock.Now().Unix())
	_, err := account.Create(w.DB.WithContext(t.Context()), account.New{
		Email: name + "@example.org", Nickname: name, PasswordHash: "-", Locale: account.Korean, ShareReadings: account.ShareOff,
	}, w.clock.Now())
	require.NoError(t, err)
}

// say has a node publish that somebody wrote, and that the embedded engine read it.
func (w *world) say(node *stats.Service, who account.ID, kind message.Kind) {
	posted := message.Posted{Message: message.Message{Sender: who, Kind: kind, SentAt: w.clock.Now()}}
	if kind == message.Text {
		posted.Message.Reading = &emotion.Reading{Engine: emotion.EmbeddedEngine}
	}
	node.Listen(&sink{}).Publish(context.Background(), posted)
}

type sink struct{ testkit.Events }

func (s *sink) Together(fn func()) { fn() }

func days(t *testing.T, node *stats.Service, span int) []stats.Day {
	t.Helper()
	all, err := node.Stats(t.Context(), span)
	require.NoError(t, err)
	require.Len(t, all.Days, span)
	return all.Days
}

func visitors(t *testing.T, node *stats.Service, span int) (list []int64) {
	t.Helper()
	for _, d := range days(t, node, span) {
		list = append(list, d.Visitors)
	}
	return list
}

func TestDaysBeginAtMidnightOfTheZoneAndMonthsEnd(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		w := newWorld(t, s, "Asia/Seoul", time.Date(2026, time.November, 30, 14, 59, 0, 0, time.UTC)) // 23:59 there
		node := w.node()
		node.Saw(1)
		node.Saw(1)
		node.Saw(2)
		w.say(node, 3, message.Text)
		w.say(node, 3, message.System)
		w.join(t, 1)
		today := days(t, node, 7)[6]
		require.Equal(t, "2026-11-30", today.Day.String())
		require.Equal(t, []int64{3, 1, 1, 1}, []int64{today.Visitors, today.Messages, today.NewUsers, today.Readings["embedded"]})

		w.at(t, 1, 0, 0) // the month has ended
		list := days(t, node, 7)
		require.Equal(t, "2026-12-01", list[6].Day.String())
		require.Equal(t, []int64{0, 0, 0}, []int64{list[6].Visitors, list[6].Messages, list[6].NewUsers})
		require.Equal(t, []int64{3, 1, 1, 1}, []int64{list[5].Visitors, list[5].Messages, list[5].NewUsers, list[5].Readings["embedded"]})

		node.Saw(1)
		w.join(t, 1)
		w.join(t, 2)
		require.Equal(t, []int64{0, 0, 0, 0, 0, 3, 1}, visitors(t, node, 7))
		require.EqualValues(t, 2, days(t, node, 7)[6].NewUsers)
		require.Len(t, days(t, node, 90), 90)
		require.Equal(t, "2026-11-02", days(t, node, 30)[0].Day.String())
	})
}

func TestAPersonIsOneVisitorADayOnHoweverManyNodes(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		w := newWorld(t, s, "Europe/Berlin", time.Date(2026, time.December, 1, 9, 0, 0, 0, time.UTC))
		a, b := w.node(), w.node()
		for who := account.ID(1); who <= 20; who++ {
			a.Saw(who)
			b.Saw(who + 10)
		}
		visitors(t, b, 7) // b writes down what it has seen
		require.Equal(t, []int64{0, 0, 0, 0, 0, 0, 30}, visitors(t, a, 7))
	})
}

func TestALostRedisTakesNoDayBack(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		w := newWorld(t, s, "Asia/Seoul", time.Date(2026, time.December, 1, 3, 0, 0, 0, time.UTC))
		node := w.node()
		for who := account.ID(1); who <= 10; who++ {
			node.Saw(who)
		}
		require.EqualValues(t, 10, visitors(t, node, 7)[6])
		w.at(t, 2, 12, 0)
		for who := account.ID(1); who <= 5; who++ {
			node.Saw(who)
		}
		require.Equal(t, []int64{10, 5}, visitors(t, node, 7)[5:])

		require.NoError(t, s.Redis.Do(t.Context(), s.Redis.B().Flushall().Build()).Error())
		node.Saw(6)
		require.Equal(t, []int64{10, 5}, visitors(t, node, 7)[5:], "what was written down stays")
		require.Equal(t, []int64{10, 6}, visitors(t, node, 7)[5:], "a node tells Redis again of those that it remembers")
	})
}

func TestCountsOfSeveralNodesAddUp(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		w := newWorld(t, s, "Asia/Seoul", time.Date(2026, time.December, 1, 3, 0, 0, 0, time.UTC))
		a, b := w.node(), w.node()
		for range 5 {
			w.say(a, 1, message.Text)
			w.say(b, 2, message.Text)
			w.say(b, 2, message.Text)
		}
		days(t, b, 7)
		require.EqualValues(t, 15, days(t, a, 7)[6].Messages)
		require.EqualValues(t, 15, days(t, a, 7)[6].Messages, "and are added once")
	})
}

func TestWhatCouldNotBeWrittenDownIsWrittenDownLater(t *testing.T) {
	s := testkit.Stack{DB: testkit.SQLite(t), Redis: testkit.OpenRedis(t, "embedded")}
	w := newWorld(t, s, "Asia/Seoul", time.Date(2026, time.December, 1, 3, 0, 0, 0, time.UTC))
	node := w.node()
	w.say(node, 1, message.Text)
	require.NoError(t, s.DB.Exec("ALTER TABLE daily_counts RENAME TO elsewhere").Error)
	_, err := node.Stats(t.Context(), 7)
	require.Error(t, err)
	require.NoError(t, s.DB.Exec("ALTER TABLE elsewhere RENAME TO daily_counts").Error)
	w.say(node, 1, message.Text)
	today := days(t, node, 7)[6]
	require.EqualValues(t, 2, today.Messages)
	require.EqualValues(t, 1, today.Visitors)
}

func TestTheRemoteEngineTellsWhatItDidAndSpent(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		w := newWorld(t, s, "Asia/Seoul", time.Date(2026, time.December, 1, 3, 0, 0, 0, time.UTC))
		var away atomic.Bool
		w.deps.Spent = func(_ context.Context, day string) (stats.Spent, error) {
			if away.Load() {
				return stats.Spent{}, errors.New("away")
			}
			return map[string]stats.Spent{"2026-12-01": {Readings: 40, Money: 2_500_000_000}}[day], nil
		}
		node := w.node()
		today := days(t, node, 7)[6]
		require.EqualValues(t, 40, today.Readings["openai"])
		require.InDelta(t, 2.5, today.Cost, 1e-9)
		away.Store(true)
		require.Equal(t, today, days(t, node, 7)[6], "what is known stays known")
	})
}

func TestMidnightIsNotMissedByAServerThatWasOff(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		w := newWorld(t, s, "Asia/Seoul", time.Date(2026, time.December, 1, 3, 0, 0, 0, time.UTC))
		w.join(t, 1)
		before := w.node()
		before.Saw(1)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- before.Run(ctx) }()
		stop() // which writes down the rest, though nobody has counted the day's visitors yet
		require.NoError(t, <-ended)
		w.at(t, 4, 12, 0)
		after := w.node()
		ctx, stop = context.WithCancel(t.Context())
		defer stop()
		go func() { ended <- after.Run(ctx) }()
		require.Eventually(t, func() bool {
			day := days(t, after, 7)[3]
			return day.Visitors == 1 && day.NewUsers == 1
		}, 10*time.Second, 20*time.Millisecond)
		stop()
		require.NoError(t, <-ended)
	})
}

func TestUsersAndOpenRoomsAreCountedByTheirState(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		w := newWorld(t, s, "Asia/Seoul", time.Date(2026, time.December, 1, 3, 0, 0, 0, time.UTC))
		for n := range 3 {
			w.join(t, n)
		}
		require.NoError(t, s.DB.Exec("UPDATE users SET state = 'deactivated' WHERE id = (SELECT id FROM (SELECT MIN(id) AS id FROM users) AS first)").Error)
		for _, values := range []string{"'direct', 'read_only', NULL", "'group', 'open', NULL", "'group', 'open', 'DELIVERED'", "'group', 'closed', 'DELIVERED'"} {
			require.NoError(t, s.DB.Exec("INSERT INTO rooms (kind, state, phase, last_seq, last_rev, created_at) VALUES ("+values+", 0, 0, '2026-12-01 00:00:00')").Error)
		}
		node := w.node()
		got, err := node.Stats(t.Context(), 7)
		require.NoError(t, err)
		require.Equal(t, map[account.State]int64{account.Active: 2, account.Deactivated: 1}, got.Users)
		require.Equal(t, []stats.Rooms{{Kind: room.Direct, Rooms: 1}, {Kind: room.Group, Rooms: 1}, {Kind: room.Group, Phase: new(room.Delivered), Rooms: 1}}, got.Rooms)
		require.Equal(t, stats.Online{Users: 2, Sessions: 3, Nodes: 1}, got.Online)
		require.Equal(t, "Asia/Seoul", got.Zone)

		w.join(t, 9)
		again, err := node.Stats(t.Context(), 7)
		require.NoError(t, err)
		require.Equal(t, got.Users, again.Users, "counted a moment ago")
		w.clock.Advance(15 * time.Second)
		again, err = node.Stats(t.Context(), 7)
		require.NoError(t, err)
		require.EqualValues(t, 3, again.Users[account.Active])
	})
}

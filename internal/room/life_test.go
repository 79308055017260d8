package room_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"gorm.io/gorm"
)

func TestTwentyExtendAndThreeSucceed(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, _, id := w.pickup(t, 0)
		second := newWorld(t, w.db)
		refused := make(chan error, 20)
		var extending sync.WaitGroup
		for i := range cap(refused) {
			rooms := []*room.Service{w.rooms, second.rooms}[i%2]
			extending.Go(func() {
				if _, err := rooms.Extend(t.Context(), host, id, 1, room.Expected{}); err != nil {
					refused <- err
				}
			})
		}
		extending.Wait()
		close(refused)
		require.Len(t, refused, 17)
		for err := range refused {
			require.ErrorIs(t, err, room.ErrExtensions)
		}
		mine := w.look(t, host, id)
		require.Equal(t, 3, mine.Extensions)
		require.Equal(t, ptr(morning.Add(6*time.Hour)), mine.ClosesAt)
		require.Equal(t, "created extended extended extended", w.said(t, id))
	})
}

func TestOfTwentyWhoSawTheSameRoomOneExtends(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, _, id := w.pickup(t, 0)
		seen := room.Expected{Version: w.look(t, host, id).Version, Given: true}
		refused := make(chan error, 20)
		var extending sync.WaitGroup
		for range cap(refused) {
			extending.Go(func() {
				if _, err := w.rooms.Extend(t.Context(), host, id, 2, seen); err != nil {
					refused <- err
				}
			})
		}
		extending.Wait()
		close(refused)
		require.Len(t, refused, 19)
		for err := range refused {
			require.ErrorIs(t, err, room.ErrVersion)
		}
	})
}

func TestAnExtensionSaysHowLong(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, _, id := w.pickup(t, 0)
		mine, err := w.rooms.Extend(t.Context(), host, id, 2, room.Expected{})
		require.NoError(t, err)
		until := morning.Add(5 * time.Hour)
		require.Equal(t, &until, mine.ClosesAt)
		require.EqualValues(t, 1, mine.Version)
		require.Equal(t, []room.Line{{Code: room.LineCreated}, {Code: room.LineExtended, Number: 2, Time: &until}}, w.lines(t, id))
		require.Equal(t, []room.Changed{{Room: id, Change: room.ChangeExtended, State: room.Open}}, w.told())
		for _, hours := range []int{-1, 0, 3} {
			_, err := w.rooms.Extend(t.Context(), host, id, hours, room.Expected{})
			require.ErrorIs(t, err, fault.ErrInvalid)
		}
		host, _, plain := w.plain(t, 0)
		_, err = w.rooms.Extend(t.Context(), host, plain, 1, room.Expected{})
		require.ErrorIs(t, err, room.ErrNotPickup)
	})
}

func TestPhasesGoOneStepAtATime(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, id := w.pickup(t, 1)
		phases := []room.Phase{room.Created, room.OrderStarted, room.OrderCompleted, room.DeliveryInProgress, room.Delivered}
		for at, now := range phases {
			if at > 0 {
				mine, err := w.rooms.SetPhase(t.Context(), host, id, now, room.Expected{Version: int64(at - 1), Given: true})
				require.NoError(t, err)
				require.Equal(t, now, mine.Phase)
				require.EqualValues(t, at, mine.Version)
				require.Equal(t, []room.Changed{{Room: id, Change: room.ChangePhase, State: room.Open}}, w.told())
				lines := w.lines(t, id)
				require.Equal(t, room.Line{Code: room.LinePhase, Phase: now}, lines[len(lines)-1])
			}
			for to, phase := range phases {
				switch to {
				case at:
					mine, err := w.rooms.SetPhase(t.Context(), host, id, phase, room.Expected{})
					require.NoError(t, err)
					require.EqualValues(t, at, mine.Version, "nothing has changed")
				case at + 1:
					_, err := w.rooms.SetPhase(t.Context(), host, id, phase, room.Expected{Version: int64(at + 1), Given: true})
					require.ErrorIs(t, err, room.ErrVersion)
				default:
					_, err := w.rooms.SetPhase(t.Context(), host, id, phase, room.Expected{})
					require.ErrorIs(t, err, room.ErrPhaseOrder, "from %s to %s", now, phase)
				}
			}
		}
		require.Empty(t, w.told())
		require.Len(t, w.lines(t, id), 2+4)
		require.NoError(t, w.rooms.Leave(t.Context(), others[0], id), "leaving is always possible")

		_, err := w.rooms.SetPhase(t.Context(), host, id, "LOST", room.Expected{})
		require.ErrorIs(t, err, fault.ErrInvalid)
		host, _, plain := w.plain(t, 0)
		_, err = w.rooms.SetPhase(t.Context(), host, plain, room.Created, room.Expected{})
		require.ErrorIs(t, err, room.ErrNotPickup)
	})
}

func TestTheCourierDeliversWhatWasStarted(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		for _, phase := range []room.Phase{room.OrderStarted, room.OrderCompleted, room.DeliveryInProgress} {
			host, others, id := w.pickup(t, 1)
			require.ErrorIs(t, w.rooms.Arrived(t.Context(), id), room.ErrNothingExpected)
			for _, p := range []room.Phase{room.OrderStarted, room.OrderCompleted, room.DeliveryInProgress} {
				_, err := w.rooms.SetPhase(t.Context(), host, id, p, room.Expected{})
				require.NoError(t, err)
				if p == phase {
					break
				}
			}
			before := w.look(t, others[0], id)
			w.events.Take()
			var pressing sync.WaitGroup
			for range 5 { // the button, impatiently
				pressing.Go(func() {
					if err := w.rooms.Arrived(t.Context(), id); err != nil {
						t.Error(err)
					}
				})
			}
			pressing.Wait()
			mine := w.look(t, others[0], id)
			require.Equal(t, room.Delivered, mine.Phase)
			require.Equal(t, before.Version+1, mine.Version)
			require.Equal(t, before.LastSeq+1, mine.LastSeq)
			require.Equal(t, before.Unread()+1, mine.Unread(), "it is news to everybody")
			require.Equal(t, []room.Changed{{Room: id, Change: room.ChangePhase, State: room.Open}}, w.told())
			lines := w.lines(t, id)
			require.Equal(t, room.Line{Code: room.LineArrived}, lines[len(lines)-1])

			_, err := w.rooms.Close(t.Context(), host, id, room.Expected{})
			require.NoError(t, err)
			require.ErrorIs(t, w.rooms.Arrived(t.Context(), id), booking.ErrNotBooked)
		}
		_, _, plain := w.plain(t, 0)
		for _, id := range []room.ID{plain, 99999, w.direct(t)} {
			require.ErrorIs(t, w.rooms.Arrived(t.Context(), id), booking.ErrNotBooked)
		}
	})
}

func TestAClosedRoomIsHistory(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, id := w.pickup(t, 1)
		box := w.look(t, host, id).Pickup.Box
		_, err := w.rooms.Close(t.Context(), host, id, room.Expected{Version: 1, Given: true})
		require.ErrorIs(t, err, room.ErrVersion)
		w.clock.Advance(time.Minute)
		mine, err := w.rooms.Close(t.Context(), host, id, room.Expected{Version: 0, Given: true})
		require.NoError(t, err)
		require.Equal(t, room.Closed, mine.State)
		require.Equal(t, ptr(w.clock.Now()), mine.ClosesAt)
		require.EqualValues(t, 1, mine.Version)
		require.Equal(t, 2, mine.Members, "they keep it")
		require.Equal(t, host, mine.Host)
		require.True(t, w.free(t, box))
		require.Equal(t, []room.Changed{{Room: id, Change: room.ChangeClosed, State: room.Closed}}, w.told())
		require.Equal(t, "created joined closed", w.said(t, id))

		require.NoError(t, w.rooms.MarkRead(t.Context(), others[0], id, 99))
		require.Zero(t, w.look(t, others[0], id).Unread(), "one may still read")
		_, err = w.rooms.Close(t.Context(), host, id, room.Expected{})
		require.ErrorIs(t, err, room.ErrClosed)
	})
}

// sweepAt moves the clock to so long before the room's end, sweeps and returns what the room has said since.
func (w *world) sweepAt(t *testing.T, id room.ID, end time.Time, left time.Duration) []room.Line {
	t.Helper()
	before := len(w.lines(t, id))
	w.clock.Advance(end.Add(-left).Sub(w.clock.Now()))
	require.NoError(t, w.rooms.Sweep(t.Context()))
	require.NoError(t, w.rooms.Sweep(t.Context()), "again changes nothing")
	return w.lines(t, id)[before:]
}

func TestARoomIsWarnedTwiceAndThenEnds(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, others, id := w.pickup(t, 1)
		place := *w.look(t, host, id).Pickup
		plainHost, _, plain := w.plain(t, 0)
		end := morning.Add(3 * time.Hour)
		warning := func(minutes int64) []room.Line { return []room.Line{{Code: room.LineWarning, Number: minutes}} }

		require.Empty(t, w.sweepAt(t, id, end, 15*time.Minute+time.Microsecond))
		require.Equal(t, warning(15), w.sweepAt(t, id, end, 15*time.Minute))
		require.Empty(t, w.sweepAt(t, id, end, 5*time.Minute+time.Microsecond))
		require.Equal(t, warning(5), w.sweepAt(t, id, end, 5*time.Minute))
		require.Zero(t, w.look(t, host, id).Version)

		end = end.Add(time.Hour)
		_, err := w.rooms.Extend(t.Context(), host, id, 1, room.Expected{})
		require.NoError(t, err)
		require.Empty(t, w.sweepAt(t, id, end, 20*time.Minute))
		require.Equal(t, warning(15), w.sweepAt(t, id, end, 10*time.Minute), "the new end is warned of anew")
		require.Equal(t, warning(5), w.sweepAt(t, id, end, time.Minute))
		require.Empty(t, w.sweepAt(t, id, end, time.Microsecond))
		w.events.Take()

		require.Equal(t, []room.Line{{Code: room.LineExpired}}, w.sweepAt(t, id, end, 0))
		require.Equal(t, []room.Changed{{Room: id, Change: room.ChangeClosed, State: room.Closed}}, w.told())
		mine := w.look(t, others[0], id)
		require.Equal(t, room.Closed, mine.State)
		require.EqualValues(t, 2, mine.Version)
		require.True(t, w.free(t, place.Box))
		require.Empty(t, w.sweepAt(t, id, end, -time.Hour))
		require.Equal(t, room.Open, w.look(t, plainHost, plain).State, "rooms without a box have no end")
	})
}

func TestAfterALongSilenceOnlyWhatIsStillTrueIsSaid(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, _, soon := w.pickup(t, 0)
		_, _, over := w.pickup(t, 0)
		end := morning.Add(3 * time.Hour)
		require.Equal(t, []room.Line{{Code: room.LineWarning, Number: 5}}, w.sweepAt(t, soon, end, 3*time.Minute))
		require.Equal(t, []room.Line{{Code: room.LineExpired}}, w.sweepAt(t, soon, end, -time.Hour))
		require.Equal(t, "created warning expired", w.said(t, over))
	})
}

func TestManySweepersSayEverythingOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		const rooms = 5
		hosts := map[room.ID]account.ID{}
		for range rooms {
			host, _, id := w.pickup(t, 0)
			hosts[id] = host
		}
		second := newWorld(t, w.db)
		second.clock = w.clock
		deps := second.deps
		deps.Now = w.clock.Now
		nodes := []*room.Service{w.rooms, room.NewService(deps)}
		for _, left := range []time.Duration{15 * time.Minute, 5 * time.Minute, 0} {
			w.clock.Advance(morning.Add(3*time.Hour - left).Sub(w.clock.Now()))
			second.events.Take()
			var sweeping sync.WaitGroup
			for i := range 6 {
				sweeping.Go(func() {
					if err := nodes[i%2].Sweep(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			sweeping.Wait()
		}
		for id, host := range hosts {
			require.Equal(t, "created warning warning expired", w.said(t, id))
			require.True(t, w.free(t, w.look(t, host, id).Pickup.Box))
		}
		require.Len(t, append(w.told(), second.told()...), rooms)
	})
}

// failing refuses as many steps as it is told to.
type failing struct {
	*world
	failures atomic.Int64
}

func (f *failing) Record(ctx context.Context, step room.Step) error {
	if f.failures.Add(-1) >= 0 {
		return errors.New("no")
	}
	return f.messages.Record(ctx, step)
}

func TestARoomThatFailsDoesNotStopTheOthersAndIsTriedAgain(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		_, _, first := w.pickup(t, 0)
		_, _, second := w.pickup(t, 0)
		deps := w.deps
		journal := &failing{world: w}
		journal.failures.Store(1)
		deps.Journal = journal
		rooms := room.NewService(deps)
		w.clock.Advance(3 * time.Hour)
		require.NoError(t, rooms.Sweep(t.Context()))
		require.Equal(t, "created", w.said(t, first))
		require.Equal(t, "created expired", w.said(t, second))
		require.NoError(t, rooms.Sweep(t.Context()))
		require.Equal(t, "created expired", w.said(t, first))
	})
}

func TestASweepGoesThroughAllRoomsHoweverMany(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		host, _, id := w.pickup(t, 0)
		db := w.db.WithContext(t.Context())
		var rows []map[string]any
		for i := range 450 { // more than two batches
			rows = append(rows, map[string]any{
				"kind": "group", "state": "open", "title": fmt.Sprint(i), "open_title": fmt.Sprint(i), "last_seq": 0, "last_rev": 0, "capacity": 2,
				"created_at": morning, "host_id": host, "creator_id": host, "closes_at": morning.Add(3 * time.Hour),
			})
		}
		require.NoError(t, db.Table("rooms").Create(rows).Error)
		w.clock.Advance(4 * time.Hour)
		require.NoError(t, w.rooms.Sweep(t.Context()))
		var open int64
		require.NoError(t, db.Table("rooms").Where("state = 'open'").Count(&open).Error)
		require.Zero(t, open)
		require.Equal(t, "created expired", w.said(t, id))
	})
}

// asked counts how often the time was asked for, which each sweep does once.
type asked struct{ n atomic.Int64 }

func (a *asked) now() time.Time {
	a.n.Add(1)
	return time.Now()
}

func TestRunSweepsEveryFewSecondsUntilItIsTold(t *testing.T) {
	db := testkit.SQLite(t).Session(&gorm.Session{DryRun: true}) // finds nothing and waits for nothing
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		var sweeps asked
		rooms := room.NewService(room.Deps{DB: db, Now: sweeps.now, Log: zap.NewNop()})
		ended := make(chan error, 1)
		go func() { ended <- rooms.Run(ctx) }()
		<-time.After(59 * time.Second)
		require.EqualValues(t, 11, sweeps.n.Load())
		stop()
		require.NoError(t, <-ended)
	})
}

package lifecycle_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/lifecycle"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
)

// atOnce does everything at the same moment and returns what became of each.
func atOnce(actions ...func() error) []error {
	errs := make([]error, len(actions))
	start := make(chan struct{})
	var all sync.WaitGroup
	for i, action := range actions {
		all.Go(func() {
			<-start
			errs[i] = action()
		})
	}
	close(start)
	all.Wait()
	return errs
}

// TestWhoClosesTheirAccountLeavesNothingThatComesLater closes it on one node while they do everything else on this and another one.
func TestWhoClosesTheirAccountLeavesNothingThatComesLater(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		here, there := newWorld(t, db), newWorld(t, db)
		here.anAdmin(t, "Boss")
		for round := range 5 {
			gone := here.person(t, "Gone")
			host, asked, asker := here.person(t, "Host"), here.person(t, "Asked"), here.person(t, "Asker")
			_, _, err := here.friends.Request(t.Context(), asker.ID, gone.ID)
			require.NoError(t, err)
			joined := here.group(t, fmt.Sprint("Joined ", round), host, gone)
			open := here.group(t, fmt.Sprint("Open ", round), host)
			tokens, p := here.login(t, gone)
			var after []auth.Tokens
			errs := atOnce(
				func() error { _, err := here.Leave(t.Context(), gone.ID, account.KeepMessages); return err },
				func() error { _, _, err := there.rooms.Join(t.Context(), gone.ID, open, room.Entry{}); return err },
				func() error {
					_, _, err := there.rooms.Create(t.Context(), gone.ID, room.NewRoom{Title: fmt.Sprint("Own ", round), Capacity: 3})
					return err
				},
				func() error { _, _, err := there.friends.Request(t.Context(), gone.ID, asked.ID); return err },
				func() error { _, err := there.friends.Accept(t.Context(), gone.ID, asker.ID); return err },
				func() error {
					got, err := there.auth.Login(t.Context(), auth.Client{Address: "192.0.2.1"}, gone.Email, password)
					if err == nil {
						after = append(after, got)
					}
					return err
				},
				func() error {
					_, err := here.auth.Refresh(t.Context(), auth.Client{Address: "192.0.2.1"}, tokens.Refresh)
					return err
				},
				func() error { return there.auth.ChangePassword(t.Context(), p, password, password+" too") },
				func() error {
					s := account.NewService(db, func(*gorm.DB, account.User, account.User) ([]any, error) { return nil, nil }, there.events, there.clock.Now)
					_, err := s.Update(t.Context(), gone.ID, account.Change{Nickname: new("Still here")})
					return err
				},
				func() error {
					_, err := there.messages.Send(t.Context(), gone.ID, joined, message.Draft{ClientID: uuid.NewString(), Body: "last words"})
					return err
				},
			)
			require.NoError(t, errs[0])

			require.Zero(t, here.count(t, "sessions", "user_id = ? AND revoked_at IS NULL", gone.ID), errs)
			require.Zero(t, here.count(t, "room_users", "user_id = ? AND state = 'joined'", gone.ID), errs)
			require.Zero(t, here.count(t, "rooms", "host_id = ?", gone.ID), errs)
			require.EqualValues(t, 1, here.count(t, "users", "id = ? AND state = 'deactivated' AND nickname = '' AND nickname_key = ''", gone.ID), errs)
			for _, other := range []account.User{asked, asker} {
				list, err := here.friends.List(t.Context(), other.ID)
				require.NoError(t, err)
				require.Empty(t, list, errs)
			}
			for _, got := range after {
				_, err := there.auth.Authenticate(t.Context(), got.Access)
				require.ErrorIs(t, err, auth.ErrSessionEnded)
			}
			said := here.history(t, host, joined).Items
			last := said[len(said)-1]
			require.Equal(t, room.LineLeft, last.Line.Code, "nothing comes after they have left")
			for _, err := range errs[1:] {
				var known interface{ Is(error) bool }
				require.True(t, err == nil || errors.As(err, &known), "%v", err)
			}
		}
	})
}

// TestARestorationAndAClosureAtOnceEndInOneOfTheTwo lets admins disagree.
func TestARestorationAndAClosureAtOnceEndInOneOfTheTwo(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		here, there := newWorld(t, db), newWorld(t, db)
		here.anAdmin(t, "Boss")
		there.admin = here.admin
		for round := range 3 {
			gone, friendly := here.person(t, "Gone"), here.person(t, "Friend")
			direct := here.befriend(t, gone, friendly)
			for i := range 3 {
				here.group(t, fmt.Sprint("Room ", round, " ", i), friendly, gone)
			}
			require.NoError(t, here.Deactivate(t.Context(), here.admin, gone.ID, ""))
			atOnce(
				func() error { _, err := here.Restore(t.Context(), here.admin, gone.ID, lifecycle.ByLink); return err },
				func() error { return there.Deactivate(t.Context(), there.admin, gone.ID, "") },
				func() error { _, err := there.Restore(t.Context(), there.admin, gone.ID, lifecycle.ByLink); return err },
			)
			require.NoError(t, here.Settle(t.Context()))
			user, err := account.Load(db.WithContext(t.Context()), gone.ID)
			require.NoError(t, err)
			seats, state := int64(4), room.Open
			if user.State == account.Deactivated {
				seats, state = 0, room.ReadOnly
			}
			require.Equal(t, seats, here.count(t, "room_users", "user_id = ? AND state = 'joined'", gone.ID))
			require.Equal(t, 4-seats, here.count(t, "room_users", "user_id = ? AND suspended", gone.ID))
			seen, err := here.rooms.Get(t.Context(), friendly.ID, direct)
			require.NoError(t, err)
			require.Equal(t, state, seen.State)
		}
	})
}

// TestAccessEndsWhateverHoldsARoom closes the account of somebody in many rooms, one of which is held by somebody else all the time.
func TestAccessEndsWhateverHoldsARoom(t *testing.T) {
	w := newWorld(t, testkit.MariaDB(t))
	host, gone := w.person(t, "Host"), w.person(t, "Gone")
	var rooms []room.ID
	for i := range 30 {
		rooms = append(rooms, w.group(t, fmt.Sprint("Room ", i), host, gone))
	}
	tokens, _ := w.login(t, gone)
	held := w.db.WithContext(t.Context()).Begin()
	_, err := room.Lock(held, rooms[20:21])
	require.NoError(t, err)
	closed := make(chan error, 1)
	go func() {
		_, err := w.Leave(t.Context(), gone.ID, account.KeepMessages)
		closed <- err
	}()
	require.Eventually(t, func() bool {
		_, err := w.auth.Authenticate(t.Context(), tokens.Access)
		return errors.Is(err, auth.ErrSessionEnded) && w.count(t, "room_users", "user_id = ? AND state = 'left'", gone.ID) == 20
	}, 10*time.Second, 10*time.Millisecond, "one room after the other, and the access before all of them")
	require.NoError(t, held.Rollback().Error)
	require.NoError(t, <-closed)
	require.EqualValues(t, 30, w.count(t, "room_users", "user_id = ? AND state = 'left'", gone.ID))
}

package friend_test

import (
	"errors"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/friend"
	"github.com/emosation/emosation/internal/room"
)

// at runs everything at the same moment and waits for it.
func at(actions ...func()) {
	start := make(chan struct{})
	var all sync.WaitGroup
	for _, action := range actions {
		all.Go(func() {
			<-start
			action()
		})
	}
	close(start)
	all.Wait()
}

func TestCrossingRequestsMakeFriends(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		p := w.people(t, 8)
		for i := 0; i+1 < len(p); i++ {
			a, b := p[i], p[i+1]
			request := func(who, other account.User) func() {
				return func() {
					if _, _, err := w.Request(t.Context(), who.ID, other.ID); err != nil {
						t.Error(err)
					}
				}
			}
			at(request(a, b), request(b, a), request(a, b), request(b, a))
			require.Equal(t, friend.Accepted, w.state(t, a, b))
			require.Equal(t, friend.Accepted, w.state(t, b, a))
			changes := w.changes()
			require.Len(t, changes, 2, "one request and one acceptance")
		}
	})
}

func TestABlockWinsWhateverHappensBesideIt(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		p := w.people(t, 6)
		for i := 0; i+1 < len(p); i += 2 {
			a, b := p[i], p[i+1]
			w.befriend(t, a, b)
			id := w.openRoom(t, a, b)
			require.NoError(t, w.Remove(t.Context(), a.ID, b.ID))
			_, _, err := w.Request(t.Context(), a.ID, b.ID)
			require.NoError(t, err)
			at(
				func() {
					if err := w.Block(t.Context(), a.ID, b.ID); err != nil {
						t.Error(err)
					}
				},
				func() {
					if _, err := w.Accept(t.Context(), b.ID, a.ID); err != nil && !errors.Is(err, friend.ErrNoRequest) {
						t.Error(err)
					}
				},
				func() {
					if _, _, err := w.Request(t.Context(), b.ID, a.ID); err != nil && !errors.Is(err, friend.ErrUnknown) {
						t.Error(err)
					}
				},
			)
			require.Equal(t, friend.None, w.state(t, a, b))
			require.Equal(t, room.ReadOnly, w.roomState(t, a, id))
		}
	})
}

func TestARoomOpenedBesideARemovalIsReadOnly(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		p := w.people(t, 10)
		for i := 0; i+1 < len(p); i += 2 {
			a, b := p[i], p[i+1]
			w.befriend(t, a, b)
			at(
				func() { _, _, _ = w.rooms.OpenDirect(t.Context(), a.ID, b.ID) }, // may find no friend any more
				func() {
					if err := w.Remove(t.Context(), b.ID, a.ID); err != nil {
						t.Error(err)
					}
				},
			)
			rooms, err := w.rooms.List(t.Context(), a.ID)
			require.NoError(t, err)
			for _, r := range rooms {
				require.Equal(t, room.ReadOnly, r.State)
			}
		}
	})
}

// Anybody does anything to anybody, at once. Nothing may fail but by a rule, and in the end all must fit together.
func TestThingsBetweenPeopleFitTogetherAfterAStorm(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		p := w.people(t, 3)
		var all sync.WaitGroup
		for g := range 6 {
			random := rand.New(rand.NewPCG(7, uint64(g)))
			all.Go(func() {
				for range 25 {
					a, b := p[random.IntN(3)].ID, p[random.IntN(3)].ID
					if err := w.anything(t, random.IntN(7), a, b); err != nil {
						t.Errorf("%d, %d: %v", a, b, err)
					}
				}
			})
		}
		all.Wait()
		for _, a := range p {
			blocks, err := w.Blocks(t.Context(), a.ID)
			require.NoError(t, err)
			for _, block := range blocks {
				for _, b := range p {
					if b.ID == block.ID {
						require.Equal(t, friend.None, w.state(t, a, b), "a block and a friendship exclude each other")
					}
				}
			}
			rooms, err := w.rooms.List(t.Context(), a.ID)
			require.NoError(t, err)
			for _, r := range rooms {
				for _, b := range p {
					if b.ID == r.Peer.ID {
						require.Equal(t, w.state(t, a, b) == friend.Accepted, r.State == room.Open)
					}
				}
			}
		}
	})
}

// anything does the n-th thing and returns what should not have happened.
func (w *world) anything(t *testing.T, n int, a, b account.ID) (err error) {
	ctx := t.Context()
	switch n {
	case 0, 1:
		_, _, err = w.Request(ctx, a, b)
	case 2:
		_, err = w.Accept(ctx, a, b)
	case 3:
		err = w.Remove(ctx, a, b)
	case 4:
		err = w.Block(ctx, a, b)
	case 5:
		err = w.Unblock(ctx, a, b)
	case 6:
		_, _, err = w.rooms.OpenDirect(ctx, a, b)
	}
	for _, rule := range []error{friend.ErrUnknown, friend.ErrBlocked, friend.ErrNoRequest, friend.ErrSelf, room.ErrNoFriend} {
		if errors.Is(err, rule) {
			return nil
		}
	}
	return err
}

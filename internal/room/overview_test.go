package room_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
)

// overseen is a town with an admin and one room of each sort.
type overseen struct {
	*town
	admin  account.ID
	people []account.ID
	all    []room.Overview // the newest first
}

func newOverseen(t *testing.T, db *gorm.DB) *overseen {
	t.Helper()
	w := &overseen{town: newTown(db)}
	w.people = w.town.people(t, 6)
	w.admin = w.people[0]
	require.NoError(t, account.SetRole(w.db, w.admin, account.RoleAdmin, founded))
	phases := []room.Phase{"", "", room.Created, room.OrderStarted, room.OrderCompleted, room.DeliveryInProgress, room.Delivered, room.Created}
	for i := range int64(len(phases)) {
		w.place(t, i+1, fmt.Sprintf("Store %d", i), "90101")
	}
	for i, phase := range phases {
		g := group{title: fmt.Sprintf("secret %d", i), joined: w.people[i%3 : 4], left: w.people[4:5], kicked: w.people[5:], phase: phase}
		if phase != "" {
			g.place = int64(i)
		}
		if i%2 == 1 {
			g.state, g.released = room.Closed, true
		}
		w.add(t, g)
		direct := row{
			"id": w.lastRoom + 1, "kind": room.Direct, "state": []room.State{room.Open, room.ReadOnly}[i%2], "direct_low": i + 10, "direct_high": i + 20,
			"last_seq": i, "last_rev": 5, "created_at": founded,
		}
		w.lastRoom++
		w.insert(t, "rooms", direct)
		w.insert(t, "room_users", row{"room_id": w.lastRoom, "user_id": w.people[i%3], "state": room.Joined, "joined_seq": 0, "last_read_seq": 0, "joined_at": founded})
	}
	w.all = w.see(t, room.OverviewFilter{Size: 100})
	require.Len(t, w.all, 2*len(phases))
	return w
}

// see turns all pages.
func (w *overseen) see(t *testing.T, f room.OverviewFilter) (all []room.Overview) {
	t.Helper()
	for {
		page, err := w.rooms.All(t.Context(), w.admin, f)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page.Rooms), f.Size)
		all = append(all, page.Rooms...)
		if f.Cursor = page.Next; f.Cursor == "" {
			return all
		}
	}
}

func eachOverseen(t *testing.T, test func(t *testing.T, w *overseen)) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) { test(t, newOverseen(t, db)) })
}

func TestAdminsSeeEveryRoomOnceWhateverTheFilter(t *testing.T) {
	eachOverseen(t, func(t *testing.T, w *overseen) {
		require.True(t, slices.IsSortedFunc(w.all, func(a, b room.Overview) int { return int(b.ID - a.ID) }))
		for _, kind := range []room.Kind{"", room.Direct, room.Group} {
			for _, state := range []room.State{"", room.Open, room.ReadOnly, room.Closed} {
				for _, phase := range []room.Phase{"", room.Created, room.OrderStarted, room.Delivered} {
					var want []room.Overview
					for _, o := range w.all {
						if (kind == "" || o.Kind == kind) && (state == "" || o.State == state) && (phase == "" || o.Phase == phase) {
							want = append(want, o)
						}
					}
					f := room.OverviewFilter{Kind: kind, State: state, Phase: phase, Size: 2}
					require.Equal(t, want, w.see(t, f), "%+v", f)
				}
			}
		}
	})
}

func TestAnOverviewHasNumbersAndNothingThatPeopleSaid(t *testing.T) {
	eachOverseen(t, func(t *testing.T, w *overseen) {
		direct, group := w.all[0], w.all[1]
		require.Equal(t, room.Overview{
			ID: 16, Kind: room.Direct, State: room.ReadOnly, Members: 1, LastSeq: 7, Readings: room.ReadingsOn, CreatedAt: founded,
		}, direct)
		closes := founded.Add(3 * time.Hour)
		require.Equal(t, room.Overview{
			ID: 15, Kind: room.Group, State: room.Closed, Phase: room.Created, Store: 7, Box: 7, Members: 3, Capacity: 4,
			Readings: room.ReadingsOn, CreatedAt: founded, ClosesAt: &closes,
		}, group, "who left or was kicked is no member")
		text, err := json.Marshal(w.all)
		require.NoError(t, err)
		require.NotContains(t, string(text), "secret")
	})
}

func TestOnlyAdminsSeeAllRooms(t *testing.T) {
	eachOverseen(t, func(t *testing.T, w *overseen) {
		for _, who := range []account.ID{0, 999, w.people[1]} {
			_, err := w.rooms.All(t.Context(), who, room.OverviewFilter{Size: 1})
			require.ErrorIs(t, err, account.ErrAdminOnly)
		}
		for _, cursor := range []string{"0", "-1", "x", "01", "9223372036854775808"} {
			_, err := w.rooms.All(t.Context(), w.admin, room.OverviewFilter{Size: 1, Cursor: cursor})
			invalid, ok := errors.AsType[*fault.Error](err)
			require.True(t, ok, cursor)
			require.Equal(t, "query.cursor", invalid.Fields[0].Name)
		}
	})
}

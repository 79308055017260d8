package order_test

import (
	"sync"
	"testing"

	"github.com/emosation/emosation/internal/order"
	"github.com/emosation/emosation/internal/room"
	"github.com/stretchr/testify/require"
)

func TestOfManyConfirmationsOneFixesTheOrder(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		tb := w.sit(t, 2)
		w.choose(t, tb, 0, 2)
		w.choose(t, tb, 1, 0, 1)
		var hosts sync.WaitGroup
		answers := make(chan order.Order, 10)
		for range cap(answers) {
			hosts.Go(func() {
				o, err := w.orders.Confirm(t.Context(), tb.who[0], tb.id)
				if err == nil {
					answers <- o
				}
			})
		}
		hosts.Wait()
		require.Len(t, answers, cap(answers))
		want := w.look(t, tb.who[1], tb.id)
		for range cap(answers) {
			require.Equal(t, want, <-answers)
		}
		require.Equal(t, []room.Line{
			{Code: room.LineOrderConfirmed, Number: 28_600}, {Code: room.LinePhase, Phase: room.OrderStarted},
		}, w.said(t, tb))
	})
}

// However a change of mind and the confirmation meet, the member knows what counts: a selection that was taken is in
// the order with its share, one that is not in the order was refused.
func TestASelectionBesideTheConfirmationIsInTheOrderOrRefused(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		for round := range 8 {
			tb := w.sit(t, 3)
			for n := range tb.who {
				w.choose(t, tb, n, 1)
			}
			var both sync.WaitGroup
			var saved, confirmed error
			both.Go(func() { _, saved = w.orders.Save(t.Context(), tb.who[1], tb.id, tb.choices(0, 7), true) })
			both.Go(func() { _, confirmed = w.orders.Confirm(t.Context(), tb.who[0], tb.id) })
			both.Wait()
			require.NoError(t, confirmed)
			o := w.look(t, tb.who[1], tb.id)
			want := order.Item{ID: tb.menu[1].ID, Name: "Dish 2", Price: 9_500, Quantity: 7, Available: true}
			if saved != nil {
				require.ErrorIs(t, saved, order.ErrConfirmed)
				want = order.Item{ID: tb.menu[0].ID, Name: "Dish 1", Price: 8_000, Quantity: 1, Available: true}
			}
			require.Equal(t, []order.Item{want}, o.Selections[1].Items, "round %d", round)
			require.Equal(t, o.Total(), w.said(t, tb)[0].Number, "the line says the very sum that is shared")
			shares := o.Selections[0].DeliveryShare + o.Selections[1].DeliveryShare + o.Selections[2].DeliveryShare
			require.EqualValues(t, 3_100, shares)
		}
	})
}

// However leaving and the confirmation meet, whoever left is either not in the order or has a share in it.
func TestLeavingBesideTheConfirmationLosesNoWon(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		for round := range 8 {
			tb := w.sit(t, 3)
			for n := range tb.who {
				w.choose(t, tb, n, 2)
			}
			var both sync.WaitGroup
			var left, confirmed error
			both.Go(func() { left = w.rooms.Leave(t.Context(), tb.who[1], tb.id) })
			both.Go(func() { _, confirmed = w.orders.Confirm(t.Context(), tb.who[0], tb.id) })
			both.Wait()
			require.NoError(t, left)
			require.NoError(t, confirmed)
			o := w.look(t, tb.who[0], tb.id)
			var shares, won int64
			for _, s := range o.Selections {
				require.Len(t, s.Items, 1)
				require.Positive(t, s.DeliveryShare, "round %d", round)
				shares += s.DeliveryShare
				won += s.Total()
			}
			require.Contains(t, []int{2, 3}, len(o.Selections))
			require.EqualValues(t, 3_100, shares)
			require.Equal(t, o.Total(), won)
		}
	})
}

// Everybody chooses at once, several times: nothing is lost, mixed or dead-locked.
func TestManyChooseAtOnce(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		tb := w.sit(t, 8)
		var all sync.WaitGroup
		failed := make(chan error, 100)
		for n, who := range tb.who {
			all.Go(func() {
				for i := 1; i <= 5; i++ {
					if _, err := w.orders.Save(t.Context(), who, tb.id, tb.choices(n+1, i), i == 5); err != nil {
						failed <- err
					}
				}
			})
		}
		all.Wait()
		require.Empty(t, failed)
		o := w.look(t, tb.who[0], tb.id)
		require.Empty(t, o.Missing)
		for n, s := range o.Selections {
			require.Equal(t, tb.who[n], s.User)
			require.Equal(t, []int{n + 1, 5}, []int{s.Items[0].Quantity, s.Items[1].Quantity})
		}
	})
}

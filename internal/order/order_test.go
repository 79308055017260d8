package order_test

import (
	"testing"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/audit"
	"github.com/emosation/emosation/internal/booking"
	"github.com/emosation/emosation/internal/order"
	"github.com/emosation/emosation/internal/room"
	"github.com/stretchr/testify/require"
)

func TestEverybodySeesWhatIsChosenAndWhatItWouldCost(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		tb := w.sit(t, 4)
		host, mina, juno, seri := tb.who[0], tb.who[1], tb.who[2], tb.who[3]
		empty := w.look(t, seri, tb.id)
		require.Equal(t, order.Order{Store: tb.store, DeliveryFee: 3_100, Missing: tb.who}, empty)

		w.choose(t, tb, 2, 0, 2)
		w.choose(t, tb, 0, 1, 0, 3)
		w.choose(t, tb, 3) // nothing for her
		draft, err := w.orders.Save(t.Context(), mina, tb.id, tb.choices(1), false)
		require.NoError(t, err)

		require.Equal(t, draft, w.look(t, host, tb.id))
		require.Equal(t, []account.ID{mina}, draft.Missing, "who is still looking has not chosen")
		require.Equal(t, []order.Selection{
			{User: host, Done: true, DeliveryShare: 1_034, Items: []order.Item{
				{ID: tb.menu[0].ID, Name: "Dish 1", Price: 8_000, Quantity: 1, Available: true},
				{ID: tb.menu[2].ID, Name: "Dish 3", Price: 0, Quantity: 3, Available: true},
			}},
			{User: mina, DeliveryShare: 1_033, Items: []order.Item{{ID: tb.menu[0].ID, Name: "Dish 1", Price: 8_000, Quantity: 1, Available: true}}},
			{User: juno, Done: true, DeliveryShare: 1_033, Items: []order.Item{{ID: tb.menu[1].ID, Name: "Dish 2", Price: 9_500, Quantity: 2, Available: true}}},
			{User: seri, Done: true},
		}, draft.Selections)
		require.EqualValues(t, 35_000, draft.ItemsTotal())
		require.EqualValues(t, 38_100, draft.Total())
		require.EqualValues(t, 20_033, draft.Selections[2].Total())
		require.Nil(t, draft.ConfirmedAt)
	})
}

func TestASelectionTakesThePlaceOfTheOneBeforeWithoutALine(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		tb := w.sit(t, 2)
		w.choose(t, tb, 1, 1, 2, 3)
		w.choose(t, tb, 1, 0, 5)
		o := w.look(t, tb.who[0], tb.id)
		require.Len(t, o.Selections, 1)
		require.Equal(t, []order.Item{{ID: tb.menu[1].ID, Name: "Dish 2", Price: 9_500, Quantity: 5, Available: true}}, o.Selections[0].Items)
		again, err := w.orders.Save(t.Context(), tb.who[1], tb.id, nil, false)
		require.NoError(t, err)
		require.Equal(t, []order.Selection{{User: tb.who[1]}}, again.Selections)
		require.Equal(t, tb.who, again.Missing)

		change := room.Changed{Room: tb.id, Change: room.ChangeOrder, State: room.Open, User: tb.who[1]}
		require.Equal(t, []any{change, change, change}, w.events.Take())
		require.Empty(t, w.said(t, tb))
	})
}

func TestOnlyWhatIsOnTheStoresMenuCanBeChosen(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		tb, elsewhere := w.sit(t, 1), w.sit(t, 1)
		gone := tb.menu[2].ID
		require.NoError(t, w.bookings.DeleteItem(t.Context(), audit.Actor{User: w.admin}, tb.store.ID, gone))
		a, b := tb.menu[0].ID, tb.menu[1].ID
		for name, c := range map[string]struct {
			items []order.Choice
			want  string
		}{
			"twice":           {[]order.Choice{{a, 1}, {b, 1}, {a, 2}}, "body.items.2.itemId is there twice"},
			"none of it":      {[]order.Choice{{a, 0}}, "body.items.0.quantity must be between 1 and 99"},
			"less than none":  {[]order.Choice{{a, -5}}, "body.items.0.quantity must be between 1 and 99"},
			"too much":        {[]order.Choice{{a, 1}, {b, 100}}, "body.items.1.quantity must be between 1 and 99"},
			"another store's": {[]order.Choice{{a, 1}, {elsewhere.menu[0].ID, 1}}, "body.items.1.itemId is not on the menu"},
			"off the menu":    {[]order.Choice{{gone, 1}, {a, 1}}, "body.items.0.itemId is not on the menu"},
			"unknown":         {[]order.Choice{{99_999, 1}}, "body.items.0.itemId is not on the menu"},
			"all mistakes": {[]order.Choice{{a, 0}, {a, 100}},
				"body.items.0.quantity must be between 1 and 99, body.items.1.itemId is there twice, body.items.1.quantity must be between 1 and 99"},
			"too many": {make([]order.Choice, 51), "body.items must be at most 50"},
		} {
			_, err := w.orders.Save(t.Context(), tb.who[0], tb.id, c.items, true)
			require.Equal(t, c.want, complaints(t, err), name)
		}
		require.Empty(t, w.look(t, tb.who[0], tb.id).Selections)
		require.Empty(t, w.told())
	})
}

func TestAConfirmedOrderKeepsItsNamesPricesAndShares(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		tb := w.sit(t, 3)
		w.choose(t, tb, 0, 1)
		w.choose(t, tb, 1, 0, 1)
		w.choose(t, tb, 2)
		w.reprice(t, tb.menu[0], "Dish 1, large", 8_500)
		w.told()
		o := w.confirm(t, tb)

		require.NotNil(t, o.ConfirmedAt)
		require.Empty(t, o.Missing)
		require.Equal(t, []order.Selection{
			{User: tb.who[0], Done: true, DeliveryShare: 1_550, Items: []order.Item{{ID: tb.menu[0].ID, Name: "Dish 1, large", Price: 8_500, Quantity: 1, Available: true}}},
			{User: tb.who[1], Done: true, DeliveryShare: 1_550, Items: []order.Item{{ID: tb.menu[1].ID, Name: "Dish 2", Price: 9_500, Quantity: 1, Available: true}}},
			{User: tb.who[2], Done: true},
		}, o.Selections)
		require.EqualValues(t, 21_100, o.Total())
		require.Equal(t, []room.Line{
			{Code: room.LineOrderConfirmed, Number: 21_100}, {Code: room.LinePhase, Phase: room.OrderStarted},
		}, w.said(t, tb))
		require.Equal(t, []room.Changed{
			{Room: tb.id, Change: room.ChangeOrder, State: room.Open}, {Room: tb.id, Change: room.ChangePhase, State: room.Open},
		}, w.told())
		mine, err := w.rooms.Get(t.Context(), tb.who[1], tb.id)
		require.NoError(t, err)
		require.Equal(t, room.OrderStarted, mine.Phase)

		// Whatever happens to the menu and the people, it stands still.
		w.reprice(t, tb.menu[0], "Dish 1, small", 100)
		require.NoError(t, w.bookings.DeleteItem(t.Context(), audit.Actor{User: w.admin}, tb.store.ID, tb.menu[1].ID))
		dearer := tb.store
		dearer.DeliveryFee = 9_999
		_, err = w.bookings.ReplaceStore(t.Context(), audit.Actor{User: w.admin}, dearer)
		require.NoError(t, err)
		require.NoError(t, w.rooms.Leave(t.Context(), tb.who[1], tb.id))
		o.Store = dearer
		require.Equal(t, o, w.look(t, tb.who[2], tb.id))
		_, err = w.rooms.Close(t.Context(), tb.who[0], tb.id, room.Expected{})
		require.NoError(t, err)
		require.Equal(t, o, w.look(t, tb.who[2], tb.id))
		require.Equal(t, o, w.confirm(t, tb), "again, and even now")
	})
}

func TestConfirmingAgainChangesNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		tb := w.sit(t, 2)
		w.choose(t, tb, 0, 2)
		w.choose(t, tb, 1)
		first := w.confirm(t, tb)
		said := w.said(t, tb)
		w.told()
		require.Equal(t, first, w.confirm(t, tb))
		require.Equal(t, said, w.said(t, tb))
		require.Empty(t, w.told())
		_, err := w.orders.Save(t.Context(), tb.who[1], tb.id, tb.choices(1), true)
		require.ErrorIs(t, err, order.ErrConfirmed)
		w.reach(t, tb, room.OrderCompleted)
		_, err = w.orders.Save(t.Context(), tb.who[1], tb.id, tb.choices(1), true)
		require.ErrorIs(t, err, order.ErrConfirmed)
		require.Equal(t, first, w.confirm(t, tb))
	})
}

func TestAnOrderIsConfirmedOnlyWhenItIsReady(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		tb := w.sit(t, 3)
		refused := func(want error) {
			t.Helper()
			_, err := w.orders.Confirm(t.Context(), tb.who[0], tb.id)
			require.ErrorIs(t, err, want)
		}
		refused(order.ErrIncomplete)
		w.choose(t, tb, 0)
		w.choose(t, tb, 1)
		refused(order.ErrIncomplete)
		w.choose(t, tb, 2)
		refused(order.ErrEmpty)
		w.choose(t, tb, 2, 1)
		refused(order.ErrBelowMinimum)
		w.choose(t, tb, 1, 0, 1)
		require.NoError(t, w.bookings.DeleteItem(t.Context(), audit.Actor{User: w.admin}, tb.store.ID, tb.menu[1].ID))
		require.False(t, w.look(t, tb.who[0], tb.id).Selections[1].Items[0].Available)
		refused(order.ErrItemGone)
		w.choose(t, tb, 1, 2)
		_, err := w.orders.Save(t.Context(), tb.who[1], tb.id, tb.choices(2), false)
		require.NoError(t, err)
		refused(order.ErrIncomplete)
		require.Empty(t, w.said(t, tb))

		w.choose(t, tb, 1, 2)
		_, err = w.orders.Confirm(t.Context(), tb.who[1], tb.id)
		require.ErrorIs(t, err, room.ErrHostOnly)
		require.EqualValues(t, 27_100, w.confirm(t, tb).Total())
	})
}

func TestTheMinimumIsReachedExactly(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		for price, want := range map[int64]error{9_999: order.ErrBelowMinimum, 10_000: nil} {
			tb := w.sit(t, 1)
			dish := w.dish(t, booking.Item{Store: tb.store.ID, Name: "Exact", Price: price})
			_, err := w.orders.Save(t.Context(), tb.who[0], tb.id, []order.Choice{{Item: dish.ID, Quantity: 1}}, true)
			require.NoError(t, err)
			_, err = w.orders.Confirm(t.Context(), tb.who[0], tb.id)
			require.ErrorIs(t, err, want)
		}
	})
}

func TestChoosingEndsWhenTheOrderIsCompleted(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		tb := w.sit(t, 1)
		w.reach(t, tb, room.OrderStarted)
		w.choose(t, tb, 0, 2)
		w.reach(t, tb, room.OrderCompleted)
		_, err := w.orders.Save(t.Context(), tb.who[0], tb.id, nil, true)
		require.ErrorIs(t, err, order.ErrTooLate)
		_, err = w.orders.Confirm(t.Context(), tb.who[0], tb.id)
		require.ErrorIs(t, err, order.ErrTooLate)
	})
}

func TestAnOrderIsConfirmedAfterItsStartTooAndThenTheRoomStaysInItsPhase(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		tb := w.sit(t, 1)
		w.reach(t, tb, room.OrderStarted)
		w.choose(t, tb, 0, 2)
		w.told()
		w.confirm(t, tb)
		require.Equal(t, []room.Line{
			{Code: room.LinePhase, Phase: room.OrderStarted}, {Code: room.LineOrderConfirmed, Number: 19_100},
		}, w.said(t, tb))
		require.Equal(t, []room.Changed{{Room: tb.id, Change: room.ChangeOrder, State: room.Open}}, w.told())
	})
}

func TestARoomThatHasEndedIsOnlyLookedAt(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		tb := w.sit(t, 1)
		w.choose(t, tb, 0, 2)
		_, err := w.rooms.Close(t.Context(), tb.who[0], tb.id, room.Expected{})
		require.NoError(t, err)
		_, err = w.orders.Save(t.Context(), tb.who[0], tb.id, nil, true)
		require.ErrorIs(t, err, room.ErrClosed)
		_, err = w.orders.Confirm(t.Context(), tb.who[0], tb.id)
		require.ErrorIs(t, err, room.ErrClosed)
		require.Len(t, w.look(t, tb.who[0], tb.id).Selections, 1)
	})
}

func TestEachConfirmsOnceThatTheyHaveTheirs(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		tb := w.sit(t, 3)
		w.choose(t, tb, 0, 1)
		w.choose(t, tb, 1, 1)
		w.choose(t, tb, 2)
		w.confirm(t, tb)
		for _, next := range []room.Phase{room.OrderCompleted, room.DeliveryInProgress, room.Delivered} {
			_, err := w.orders.Receive(t.Context(), tb.who[1], tb.id)
			require.ErrorIs(t, err, order.ErrNotDelivered, "before %s", next)
			w.reach(t, tb, next)
		}
		before := len(w.said(t, tb))
		w.told()
		o, err := w.orders.Receive(t.Context(), tb.who[1], tb.id)
		require.NoError(t, err)
		require.Nil(t, o.Selections[0].ReceivedAt)
		require.NotNil(t, o.Selections[1].ReceivedAt)
		again, err := w.orders.Receive(t.Context(), tb.who[1], tb.id)
		require.NoError(t, err)
		require.Equal(t, o, again)
		_, err = w.orders.Receive(t.Context(), tb.who[2], tb.id)
		require.ErrorIs(t, err, order.ErrNothing)
		require.Equal(t, []room.Line{{Code: room.LineReceived, User: tb.who[1]}}, w.said(t, tb)[before:])
		require.Equal(t, []room.Changed{{Room: tb.id, Change: room.ChangeOrder, State: room.Open, User: tb.who[1]}}, w.told())

		// In a room that has ended the mark is still made, but nothing is written.
		_, err = w.rooms.Close(t.Context(), tb.who[0], tb.id, room.Expected{})
		require.NoError(t, err)
		before = len(w.said(t, tb))
		w.told()
		o, err = w.orders.Receive(t.Context(), tb.who[0], tb.id)
		require.NoError(t, err)
		require.NotNil(t, o.Selections[0].ReceivedAt)
		require.Len(t, w.said(t, tb), before)
		require.Equal(t, []room.Changed{{Room: tb.id, Change: room.ChangeOrder, State: room.Closed, User: tb.who[0]}}, w.told())
	})
}

func TestNothingIsReceivedWhereNothingWasConfirmed(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		tb := w.sit(t, 1)
		w.choose(t, tb, 0, 2)
		w.reach(t, tb, room.OrderStarted, room.OrderCompleted, room.DeliveryInProgress, room.Delivered)
		_, err := w.orders.Receive(t.Context(), tb.who[0], tb.id)
		require.ErrorIs(t, err, order.ErrNothing)
	})
}

func TestWhoGoesTakesTheirSelectionWithThem(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		tb := w.sit(t, 4)
		for n := range tb.who {
			w.choose(t, tb, n, 1, 1)
		}
		require.NoError(t, w.rooms.Leave(t.Context(), tb.who[1], tb.id))
		require.NoError(t, w.rooms.Kick(t.Context(), tb.who[0], tb.id, tb.who[2]))
		o := w.look(t, tb.who[3], tb.id)
		require.Equal(t, []account.ID{tb.who[0], tb.who[3]}, []account.ID{o.Selections[0].User, o.Selections[1].User})
		require.Len(t, o.Selections, 2)
		require.EqualValues(t, 1_550, o.Selections[1].DeliveryShare)

		_, _, err := w.rooms.Join(t.Context(), tb.who[1], tb.id, room.Entry{})
		require.NoError(t, err)
		o = w.look(t, tb.who[1], tb.id)
		require.Equal(t, []account.ID{tb.who[1]}, o.Missing, "who comes back begins anew")
	})
}

func TestSomebodyWhoKeepsTheirShareIsStillSeenButSeesNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		tb := w.sit(t, 3)
		for n := range tb.who {
			w.choose(t, tb, n, 1)
		}
		o := w.confirm(t, tb)
		require.NoError(t, w.rooms.Leave(t.Context(), tb.who[1], tb.id))
		require.NoError(t, w.rooms.Kick(t.Context(), tb.who[0], tb.id, tb.who[2]))
		require.Equal(t, o, w.look(t, tb.who[0], tb.id))
		for _, gone := range tb.who[1:] {
			_, err := w.orders.Get(t.Context(), gone, tb.id)
			require.ErrorIs(t, err, room.ErrNotFound)
		}
	})
}

func TestStrangersAndPlainRoomsHaveNoOrder(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		tb, stranger := w.sit(t, 1), w.person(t)
		plain, _, err := w.rooms.Create(t.Context(), stranger, room.NewRoom{Title: "Plain", Capacity: 5})
		require.NoError(t, err)
		for name, c := range map[string]struct {
			id   room.ID
			want error
		}{
			"another's room": {tb.id, room.ErrNotFound}, "no room": {tb.id + 99, room.ErrNotFound}, "a plain room": {plain.ID, room.ErrNotPickup},
		} {
			_, get := w.orders.Get(t.Context(), stranger, c.id)
			_, save := w.orders.Save(t.Context(), stranger, c.id, tb.choices(1), true)
			_, confirm := w.orders.Confirm(t.Context(), stranger, c.id)
			_, receive := w.orders.Receive(t.Context(), stranger, c.id)
			for _, err := range []error{get, save, confirm, receive} {
				require.ErrorIs(t, err, c.want, name)
			}
		}
	})
}

func TestAnOrderOfAnySizeTakesTheSameStatements(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		tb := w.sit(t, 6)
		asked := func() int64 {
			w.statements.Store(0)
			w.look(t, tb.who[0], tb.id)
			return w.statements.Load()
		}
		none := asked()
		require.Positive(t, none)
		for n := range tb.who {
			w.choose(t, tb, n, 1, 2, 3)
		}
		require.Equal(t, none, asked())
		w.confirm(t, tb)
		require.Equal(t, none, asked())
	})
}

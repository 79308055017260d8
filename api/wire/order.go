package wire

import (
	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/order"
)

// Order converts what a room orders, with the sums.
func Order(o order.Order) openapi.Order {
	out := openapi.Order{
		Store: Store(o.Store), Selections: make([]openapi.Selection, len(o.Selections)), ItemsTotal: o.ItemsTotal(),
		DeliveryFee: o.DeliveryFee, Total: o.Total(), Missing: IDs(o.Missing), ConfirmedAt: UTC(o.ConfirmedAt),
	}
	for i, s := range o.Selections {
		out.Selections[i] = selection(s)
	}
	return out
}

func selection(s order.Selection) openapi.Selection {
	out := openapi.Selection{
		User: openapi.Id(s.User), Done: s.Done, Items: make([]openapi.OrderLine, len(s.Items)), ItemsTotal: s.ItemsTotal(),
		DeliveryShare: s.DeliveryShare, Total: s.Total(), ReceivedAt: UTC(s.ReceivedAt),
	}
	for i, item := range s.Items {
		out.Items[i] = openapi.OrderLine{
			ItemId: openapi.Id(item.ID), Name: item.Name, Price: item.Price, Quantity: item.Quantity, Available: item.Available,
		}
	}
	return out
}

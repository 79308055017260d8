package wire

import (
	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/booking"
)

func pickup(p booking.Place) *openapi.Pickup {
	return &openapi.Pickup{
		Store: openapi.StoreSummary{Id: openapi.Id(p.Store.ID), Name: p.Store.Name, Category: openapi.StoreCategory(p.Store.Category)},
		Box:   BoxSummary(p.Box),
	}
}

// Area converts a neighbourhood with one of its zip codes.
func Area(a booking.Area) openapi.Area {
	return openapi.Area{Zip: a.Zip, Province: a.Province, District: a.District, Neighbourhood: a.Neighbourhood}
}

// Store converts a store, with its distance where one was asked for.
func Store(s booking.Store) openapi.Store {
	return openapi.Store{
		Id: openapi.Id(s.ID), Name: s.Name, Category: openapi.StoreCategory(s.Category), Address: s.Address, Lat: s.Lat, Lng: s.Lng,
		MinOrder: s.MinOrder, DeliveryFee: s.DeliveryFee, Active: s.Active, Distance: s.Distance,
	}
}

// MenuItem converts a dish.
func MenuItem(i booking.Item) openapi.MenuItem {
	return openapi.MenuItem{Id: openapi.Id(i.ID), Section: i.Section, Name: i.Name, Price: i.Price, Active: i.Active}
}

// Box converts a box and whether it can be booked.
func Box(b booking.Box) openapi.Box {
	return openapi.Box{
		Id: openapi.Id(b.ID), Name: b.Name, Zip: b.Zip, Address: b.Address, Lat: b.Lat, Lng: b.Lng,
		Condition: openapi.BoxCondition(b.Condition), Active: b.Active, Booked: b.Booked,
	}
}

// BoxSummary converts where a box is.
func BoxSummary(b booking.Box) openapi.BoxSummary {
	return openapi.BoxSummary{Id: openapi.Id(b.ID), Name: b.Name, Zip: b.Zip, Address: b.Address, Lat: b.Lat, Lng: b.Lng}
}

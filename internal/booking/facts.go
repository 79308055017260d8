package booking

import (
	"strconv"

	"github.com/emosation/emosation/internal/audit"
)

// What the audit says of places, by the names that the fields have in JSON.

func (r storeRow) target() audit.Target { return audit.Target{Type: audit.Store, ID: int64(r.ID)} }

func (r storeRow) facts() []audit.Fact {
	return []audit.Fact{
		{Field: "category", Value: string(r.Category)}, {Field: "name", Value: r.Name}, {Field: "address", Value: r.Address},
		{Field: "lat", Value: degrees(r.Lat)}, {Field: "lng", Value: degrees(r.Lng)},
		{Field: "minOrder", Value: won(r.MinOrder)}, {Field: "deliveryFee", Value: won(r.DeliveryFee)},
		{Field: "active", Value: strconv.FormatBool(r.Active)},
	}
}

func (r itemRow) target() audit.Target { return audit.Target{Type: audit.MenuItem, ID: int64(r.ID)} }

func (r itemRow) facts() []audit.Fact {
	return []audit.Fact{
		{Field: "storeId", Value: strconv.FormatInt(int64(r.StoreID), 10)},
		{Field: "section", Value: r.Section}, {Field: "name", Value: r.Name}, {Field: "price", Value: won(r.Price)},
		{Field: "active", Value: strconv.FormatBool(r.Active)},
	}
}

func (r boxRow) target() audit.Target { return audit.Target{Type: audit.Box, ID: int64(r.ID)} }

// facts leaves the box's credential out.
func (r boxRow) facts() []audit.Fact {
	return []audit.Fact{
		{Field: "name", Value: r.Name}, {Field: "zip", Value: r.Zip}, {Field: "address", Value: r.Address},
		{Field: "lat", Value: degrees(r.Lat)}, {Field: "lng", Value: degrees(r.Lng)},
		{Field: "condition", Value: string(r.Condition)}, {Field: "active", Value: strconv.FormatBool(r.Active)},
	}
}

func won(amount int64) string { return strconv.FormatInt(amount, 10) }

func degrees(angle float64) string { return strconv.FormatFloat(angle, 'f', -1, 64) }

package booking

import (
	"fmt"
	"regexp"

	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/name"
)

const (
	maxName    = 80  // code points
	maxAddress = 200 // code points
	maxArea    = 100 // code points
	maxWon     = 100_000_000
)

var zipCode = regexp.MustCompile(`^[0-9]{5}$`)

const (
	wrongZip      = "must be five digits"
	wrongCategory = "is not a category of stores"
)

// complain takes what is wrong with one field. Fields have the same names in JSON and as columns of a CSV file.
type complain func(field, reason string)

// normal returns the store as it is stored, and complains of every field that cannot be.
func (s Store) normal(wrong complain) Store {
	s.Name = normalName("name", s.Name, maxName, wrong)
	s.Address = normalName("address", s.Address, maxAddress, wrong)
	if !s.Category.Valid() {
		wrong("category", wrongCategory)
	}
	checkPlace(s.Lat, s.Lng, wrong)
	checkWon("minOrder", s.MinOrder, wrong)
	checkWon("deliveryFee", s.DeliveryFee, wrong)
	return s
}

// normal returns the dish as it is stored, and complains of every field that cannot be.
func (i Item) normal(wrong complain) Item {
	i.Section = normalName("section", i.Section, maxName, wrong)
	i.Name = normalName("name", i.Name, maxName, wrong)
	checkWon("price", i.Price, wrong)
	return i
}

// normal returns the box as it is stored, and complains of every field that cannot be.
func (b Box) normal(wrong complain) Box {
	b.Name = normalName("name", b.Name, maxName, wrong)
	checkZip(b.Zip, wrong)
	b.Address = normalName("address", b.Address, maxAddress, wrong)
	checkPlace(b.Lat, b.Lng, wrong)
	if !b.Condition.Valid() {
		wrong("condition", "must be ok, broken or repair")
	}
	return b
}

// normal returns the area as it is stored, and complains of every field that cannot be. A few cities have no
// districts.
func (a Area) normal(wrong complain) Area {
	checkZip(a.Zip, wrong)
	a.Province = normalName("province", a.Province, maxArea, wrong)
	if a.District != "" {
		a.District = normalName("district", a.District, maxArea, wrong)
	}
	a.Neighbourhood = normalName("neighbourhood", a.Neighbourhood, maxArea, wrong)
	return a
}

func normalName(field, text string, most int, wrong complain) string {
	normal, reason := name.Normal(text, most)
	if reason != "" {
		wrong(field, reason)
	}
	return normal
}

func checkZip(zip string, wrong complain) {
	if !zipCode.MatchString(zip) {
		wrong("zip", wrongZip)
	}
}

func checkPlace(lat, lng float64, wrong complain) {
	if reason := wrongDegrees(lat, 90); reason != "" {
		wrong("lat", reason)
	}
	if reason := wrongDegrees(lng, 180); reason != "" {
		wrong("lng", reason)
	}
}

// wrongDegrees returns why an angle is refused, or nothing.
func wrongDegrees(angle, most float64) string {
	if angle >= -most && angle <= most { // what is not a number is not between any
		return ""
	}
	return fmt.Sprintf("must be between -%g and %g degrees", most, most)
}

func checkWon(field string, won int64, wrong complain) {
	if won < 0 || won > maxWon {
		wrong(field, fmt.Sprintf("must be between 0 and %d won", maxWon))
	}
}

// invalid collects complaints about the body of a request.
type invalid struct{ fault *fault.Error }

func newInvalid() *invalid { return &invalid{fault.ErrInvalid} }

func (i *invalid) complain(field, reason string) { i.fault = i.fault.WithField("body."+field, reason) }

// err returns nil when nobody complained.
func (i *invalid) err() error {
	if len(i.fault.Fields) == 0 {
		return nil
	}
	return i.fault
}

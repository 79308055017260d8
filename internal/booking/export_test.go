package booking

import (
	"io"
	"time"

	"github.com/emosation/emosation/internal/account"
	"gorm.io/gorm"
)

var (
	CodeHash  = codeHash
	NewDigits = newDigits
)

// IssueGivenCode is IssueCode with digits that are not random.
func IssueGivenCode(tx *gorm.DB, secret []byte, room RoomID, who account.ID, now time.Time, digits func() (string, error)) (Code, error) {
	return issueCode(tx, secret, room, who, now, digits)
}

// Near returns how far a place is, by the formula of the search.
func Near(db *gorm.DB, lat, lng, fromLat, fromLng float64) (square float64, err error) {
	expression, args := circle{lat: fromLat, lng: fromLng}.square()
	err = db.Raw("SELECT "+expression+" FROM (SELECT ? AS lat, ? AS lng) AS place", append(args, lat, lng)...).Scan(&square).Error
	return square, err
}

// ReadSheet reads a file of any kind and returns how many rows it has, its mistakes, and the columns of the kind.
func ReadSheet(kind string, in io.Reader) (rows int, m Mistakes, err error) {
	switch kind {
	case "areas":
		return readSheet(areaSheet, in, Area.normal)
	case "stores":
		return readSheet(storeSheet, in, Store.normal)
	case "boxes":
		return readSheet(boxSheet, in, Box.normal)
	}
	return readSheet(dishSheet, in, func(d dish, wrong complain) dish {
		d.item = d.item.normal(wrong)
		return d
	})
}

// readSheet checks rows once more: what was accepted must be in its normal form.
func readSheet[T comparable](s sheet[T], in io.Reader, normal func(T, complain) T) (int, Mistakes, error) {
	rows, mistakes, err := s.read(in)
	if err != nil || len(mistakes) > 0 {
		return len(rows), mistakes, err
	}
	for _, row := range rows {
		if normal(row, func(field, reason string) { panic(field + " " + reason) }) != row {
			panic("a row is not in its normal form")
		}
	}
	return len(rows), nil, nil
}

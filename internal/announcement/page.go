package announcement

import (
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/fault"
)

// errCursor is a cursor that no page gave.
var errCursor = fault.ErrInvalid.WithField("query.cursor", "is not the next of a page of this list")

// pageOf finds the announcements of a page, which begins after a cursor or with the latest, and one more.
func pageOf(db *gorm.DB, after string, size int) (*gorm.DB, error) {
	query := db.Order("a.publish_at DESC, a.id DESC").Limit(size + 1)
	if after == "" {
		return query, nil
	}
	at, id, err := parseCursor(after)
	if err != nil {
		return nil, err
	}
	// One bound that an index understands, and then which of that very moment.
	return query.Where("a.publish_at <= ? AND (a.publish_at < ? OR a.id < ?)", at, at, id), nil
}

// cut takes the one more away again, and returns the cursor of the next page if there was one.
func cut[T any](list []T, size int, of func(T) Announcement) (items []T, next string) {
	if len(list) <= size {
		return list, ""
	}
	last := of(list[size-1])
	return list[:size], cursor(last.PublishAt, last.ID)
}

// cursor names the last announcement of a page: when it went out, in microseconds, and which of that moment.
func cursor(at time.Time, id ID) string {
	return strconv.FormatInt(at.UnixMicro(), 36) + "." + strconv.FormatInt(int64(id), 36)
}

func parseCursor(text string) (at time.Time, id ID, err error) {
	micros, number, _ := strings.Cut(text, ".")
	since, err := strconv.ParseInt(micros, 36, 64)
	if err != nil {
		return time.Time{}, 0, errCursor
	}
	n, err := strconv.ParseInt(number, 36, 64)
	at = time.UnixMicro(since).UTC()
	if err != nil || cursor(at, ID(n)) != text || at.Year() < 1970 || at.Year() > 9999 {
		return time.Time{}, 0, errCursor
	}
	return at, ID(n), nil
}

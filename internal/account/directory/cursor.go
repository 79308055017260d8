package directory

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/fault"
)

// errCursor is a cursor that no page of this order gave.
var errCursor = fault.ErrInvalid.WithField("query.cursor", "is not the next of a page in this order")

// cursor names a place in an order: which order, the id, and what is compared. Of somebody never seen that is nothing.
func (q Query) cursor(r row) string {
	key := ""
	switch q.Sort {
	case ByNickname:
		key = r.DirectoryKey
	case ByEmail:
		key = r.EmailKey
	case BySeen:
		if r.LastSeenAt != nil {
			key = strconv.FormatInt(r.LastSeenAt.UnixMicro(), 36)
		}
	default:
		key = strconv.FormatInt(r.CreatedAt.UnixMicro(), 36)
	}
	return q.write(r.ID, key)
}

func (q Query) write(id account.ID, key string) string {
	direction := "+"
	if q.Descending {
		direction = "-"
	}
	return base64.RawURLEncoding.EncodeToString([]byte(string(q.Sort) + direction + strconv.FormatInt(int64(id), 36) + ":" + key))
}

// after is the condition that an account comes after the cursor; without one it is empty.
//
// SQLite reads an index from its first bound on, and MariaDB from where both together let it.
func (q Query) after() (query, error) {
	if q.Cursor == "" {
		return query{}, nil
	}
	id, key, err := q.read()
	if err != nil {
		return query{}, err
	}
	col, follows, from := q.Sort.column().name, " > ?", " >= ?"
	if q.Descending {
		follows, from = " < ?", " <= ?"
	}
	if q.Sort == ByEmail {
		return query{col + follows, []any{key}}, nil
	}
	if key == nil { // never seen
		if q.Descending {
			return query{col + " IS NULL AND u.id < ?", []any{id}}, nil
		}
		return query{"(" + col + " IS NOT NULL OR " + col + " IS NULL AND u.id > ?)", []any{id}}, nil
	}
	c := query{col + from + " AND (" + col + follows + " OR " + col + " = ? AND u.id" + follows + ")", []any{key, key, key, id}}
	if q.Sort == BySeen && q.Descending { // then those never seen are still to come
		c.sql = "(" + c.sql + " OR " + col + " IS NULL)"
	}
	return c, nil
}

// until is the condition that an account comes no later than another.
func (q Query) until(r row) query {
	col, precedes, to := q.Sort.column().name, " < ?", " <= ?"
	if q.Descending {
		precedes, to = " > ?", " >= ?"
	}
	key := any(r.CreatedAt)
	switch q.Sort {
	case ByEmail:
		return query{col + to, []any{r.EmailKey}}
	case ByNickname:
		key = r.DirectoryKey
	case BySeen:
		switch {
		case r.LastSeenAt == nil && q.Descending:
			return query{"(" + col + " IS NOT NULL OR u.id >= ?)", []any{r.ID}}
		case r.LastSeenAt == nil:
			return query{col + " IS NULL AND u.id <= ?", []any{r.ID}}
		}
		key = *r.LastSeenAt
	}
	c := query{col + to + " AND (" + col + precedes + " OR " + col + " = ? AND u.id" + to + ")", []any{key, key, key, r.ID}}
	if q.Sort == BySeen && !q.Descending { // those never seen came before
		c.sql = "(" + c.sql + " OR " + col + " IS NULL)"
	}
	return c
}

// read returns the id and what is compared: a text, a time, or nil.
func (q Query) read() (id account.ID, key any, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err != nil || !utf8.Valid(raw) {
		return 0, nil, errCursor
	}
	_, place, _ := strings.Cut(string(raw), string(q.Sort))
	number, text, _ := strings.Cut(strings.TrimLeft(place, "+-"), ":")
	n, err := strconv.ParseInt(number, 36, 64)
	if err != nil || q.write(account.ID(n), text) != q.Cursor {
		return 0, nil, errCursor
	}
	if q.Sort == ByNickname || q.Sort == ByEmail {
		return account.ID(n), text, nil
	}
	if text == "" && q.Sort == BySeen {
		return account.ID(n), nil, nil
	}
	micros, err := strconv.ParseInt(text, 36, 64)
	at := time.UnixMicro(micros).UTC()
	if err != nil || at.Year() < 1000 || at.Year() > 9999 {
		return 0, nil, errCursor
	}
	return account.ID(n), at, nil
}

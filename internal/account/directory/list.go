package directory

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
)

// Sort is an order of accounts. Who is equal in it comes by id.
type Sort string

// The orders.
const (
	ByAge      Sort = "created"
	ByNickname Sort = "nickname"
	ByEmail    Sort = "email"
	BySeen     Sort = "seen" // those never seen come before all
)

// Query says which accounts are wanted, and in which order. What is zero does not matter.
type Query struct {
	Text       string // the beginning of a nickname or of an e-mail in any case, or an id
	State      account.State
	Role       account.Role
	Sort       Sort // ByAge unless it is said
	Descending bool
	Cursor     string // the Next of the page before
	Size       int

	most int // how far accounts are counted
}

// Page is some accounts.
//
// The pages of a query, one after the other, hold everybody exactly once who had an account all the time, fitted and stood at one place
// of the order. Who came, went or moved meanwhile may be missing or, having moved on, come again.
type Page struct {
	Accounts []Account
	Next     string // empty on the last page
	Total    int    // on all pages, counted up to MaxTotal
	Capped   bool   // there are more
}

// MaxTotal is how far accounts are counted. Nobody turns so many pages, and counting on would cost more than the page.
const MaxTotal = 10_000

// column is what an order compares, with the indices that have it: over all accounts, and within a state.
type column struct{ name, index, inState string }

func (s Sort) column() column {
	switch s {
	case ByNickname:
		return column{"u.directory_key", "users_directory", "users_state_directory"}
	case ByEmail:
		return column{"u.email_key", "users_email_key", "users_state_email"}
	case BySeen:
		return column{"u.last_seen_at", "users_seen", "users_state_seen"}
	default:
		return column{"u.created_at", "users_created", "users_state_created"}
	}
}

// List returns a page of accounts, for admins only.
func (s *Service) List(ctx context.Context, who account.ID, q Query) (Page, error) {
	db := s.db.WithContext(ctx)
	if err := account.RequireAdmin(db, who); err != nil {
		return Page{}, err
	}
	q.Sort, q.most = cmp.Or(q.Sort, ByAge), s.most
	after, err := q.after()
	if err != nil {
		return Page{}, err
	}
	t := q.text()
	page := Page{}
	if page.Total, err = q.count(db, t); err != nil {
		return Page{}, fmt.Errorf("count accounts: %w", err)
	}
	page.Capped = page.Total > q.most
	ids := q.page(db, t, page.Capped, after)
	rows, err := details(db, ids.sql, q.order(), ids.args...)
	if err != nil {
		return Page{}, fmt.Errorf("list accounts: %w", err)
	}
	page.Total = min(page.Total, q.most)
	if len(rows) > q.Size {
		rows = rows[:q.Size]
		page.Next = q.cursor(rows[q.Size-1])
	}
	page.Accounts, err = s.accounts(ctx, rows)
	return page, err
}

// text returns what is looked for.
func (q Query) text() text {
	t := text{nickname: account.NicknameKey(q.Text), email: account.EmailKey(q.Text)}
	if t.nickname == "" || t.email == "" { // everything begins with nothing
		return text{}
	}
	if id, err := strconv.ParseInt(strings.TrimSpace(q.Text), 10, 64); err == nil {
		t.id = id
	}
	return t
}

func (q Query) order() string {
	direction := ""
	if q.Descending {
		direction = " DESC"
	}
	return q.Sort.column().name + direction + ", u.id" + direction
}

// few tells whether so few accounts have the role that they are looked through, all of them.
func (q Query) few() bool { return q.Role == account.RoleAdmin }

// count returns how many there are on all pages, up to one more than q.most.
func (q Query) count(db *gorm.DB, t text) (n int, err error) {
	var c query
	switch {
	case t != text{} && !q.few():
		c = q.found(db, t)
	default:
		index := "PRIMARY"
		if q.Role != "" {
			index = "users_role"
		} else if q.State != "" {
			index = "users_state_created"
		}
		c.add("SELECT u.id FROM " + users(db, index))
		w := where(q.inState(), q.inRole(), t.fits())
		c.add(w.sql+" LIMIT ?", append(w.args, q.most+1)...)
	}
	err = db.Raw("SELECT COUNT(*) FROM ("+c.sql+") c", c.args...).Scan(&n).Error
	return min(n, q.most+1), err
}

// page is a query for the ids of a page and of one more. Of a text that few fit, those are gathered and sorted; where many fit, a walk
// along the order meets them soon.
func (q Query) page(db *gorm.DB, t text, many bool, after query) (ids query) {
	col := q.Sort.column()
	fits := t.fits()
	switch {
	case q.few():
		ids.add("SELECT u.id FROM " + users(db, "users_role"))
	case t != text{} && !many:
		found := q.found(db, t)
		ids.add("SELECT u.id FROM ("+found.sql+") f JOIN users u ON u.id = f.id", found.args...)
		fits = query{}
	case q.State != "":
		ids.add("SELECT u.id FROM " + users(db, col.inState))
	default:
		ids.add("SELECT u.id FROM " + users(db, col.index))
	}
	w := where(q.inState(), q.inRole(), fits, after)
	ids.add(w.sql+" ORDER BY "+q.order()+" LIMIT ?", append(w.args, q.Size+1)...)
	return ids
}

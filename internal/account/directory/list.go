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

	effort
}

// effort bounds what a search costs.
type effort struct {
	most  int // how far accounts are counted
	few   int // as many are sorted without trying to meet them along the order
	steps int // how far the order is followed
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

// usual is chosen for a million accounts. To follow 20 000 of them in an index takes 15 ms, and on the way a page is met of those whom one
// in a thousand fits, unless they gather at the other end. To sort some of them takes a millisecond a thousand.
var usual = effort{most: MaxTotal, few: 2500, steps: 20_000}

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
	q.Sort, q.effort = cmp.Or(q.Sort, ByAge), s.effort
	after, err := q.after()
	if err != nil {
		return Page{}, err
	}
	t := q.text()
	all, branches, err := q.count(db, t)
	if err != nil {
		return Page{}, fmt.Errorf("count accounts: %w", err)
	}
	ids, err := q.page(db, branches, t, after)
	if err != nil {
		return Page{}, fmt.Errorf("search accounts: %w", err)
	}
	rows, err := details(db, ids.sql, q.order(), ids.args...)
	if err != nil {
		return Page{}, fmt.Errorf("list accounts: %w", err)
	}
	page := Page{Total: min(all, q.most), Capped: all > q.most}
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
	order := q.Sort.column().name + direction
	if q.Sort != ByEmail { // no two have the same e-mail, and its index is of nothing else
		order += ", u.id" + direction
	}
	return order
}

// rare tells whether so few accounts have the role that they are looked through, all of them.
func (q Query) rare() bool { return q.Role == account.RoleAdmin }

// count returns how many there are on all pages, up to one more than are counted, and the branches of a text that somebody fits.
func (q Query) count(db *gorm.DB, t text) (all int, branches []branch, err error) {
	if t != (text{}) && !q.rare() {
		return q.countFound(db, q.branches(t))
	}
	index := "PRIMARY"
	if q.Role != "" {
		index = "users_role"
	} else if q.State != "" {
		index = "users_state_created"
	}
	w := where(inState(q.State), q.inRole(), t.fits())
	err = db.Raw("SELECT COUNT(*) FROM (SELECT u.id FROM "+users(db, index)+w.sql+" LIMIT ?) c", append(w.args, q.most+1)...).Scan(&all).Error
	return all, nil, err
}

// countFound counts each branch. If none has too many, they are counted together, where nobody counts twice.
func (q Query) countFound(db *gorm.DB, all []branch) (n int, some []branch, err error) {
	var each query
	for i, b := range all {
		separator := " UNION ALL "
		if i == 0 {
			separator = ""
		}
		found := q.found(db, b)
		each.add(fmt.Sprintf("%sSELECT %d AS branch, COUNT(*) AS n FROM (%s) c%d", separator, i, found.sql, i), found.args...)
	}
	var rows []struct{ Branch, N int }
	if err := db.Raw(each.sql, each.args...).Scan(&rows).Error; err != nil {
		return 0, nil, err
	}
	var parts []query
	for _, r := range rows {
		if r.N > 0 {
			all[r.Branch].n = r.N
			some = append(some, all[r.Branch])
			parts = append(parts, q.found(db, all[r.Branch]))
		}
		n = max(n, r.N)
	}
	if n > q.most || len(some) < 2 {
		return n, some, nil
	}
	union := together(parts)
	err = db.Raw("SELECT COUNT(*) FROM ("+union.sql+") c", union.args...).Scan(&n).Error
	return min(n, q.most+1), some, err
}

// page is a query for the ids of a page and of one more.
func (q Query) page(db *gorm.DB, branches []branch, t text, after query) (ids query, err error) {
	switch {
	case q.rare():
		return q.walk(users(db, "users_role"), inState(q.State), q.inRole(), t.fits(), after), nil
	case t == text{} && q.State == "":
		return q.walk(users(db, q.Sort.column().index), q.inRole(), after), nil
	case t == text{}:
		return q.walk(users(db, q.Sort.column().inState), inState(q.State), q.inRole(), after), nil
	case len(branches) == 0:
		return query{"SELECT u.id FROM users u WHERE u.id = 0", nil}, nil
	}
	parts := make([]query, len(branches))
	for i, b := range branches {
		if parts[i], err = q.part(db, b, after); err != nil {
			return query{}, err
		}
	}
	all := together(parts)
	ids.add("SELECT u.id FROM ("+all.sql+") f JOIN users u ON u.id = f.id ORDER BY "+q.order()+" LIMIT ?", append(all.args, q.Size+1)...)
	return ids, nil
}

// part is a query for those of a branch who may be on the page: who lie together in the order are read from it, few are sorted, and many are
// met along the order or, if they gather elsewhere, sorted too.
func (q Query) part(db *gorm.DB, b branch, after query) (ids query, err error) {
	along := users(db, q.Sort.column().inState)
	if b.sort == q.Sort {
		return q.walk(along, inState(b.state), q.inRole(), b.fits, after), nil
	}
	if b.n > q.few {
		end, err := q.end(db, b.state, after)
		if err != nil {
			return query{}, err
		}
		near := q.walk(along, inState(b.state), q.inRole(), b.fits, after, end)
		var met []account.ID
		if err := db.Raw(near.sql, near.args...).Scan(&met).Error; err != nil {
			return query{}, err
		}
		if len(met) > q.Size {
			return query{"SELECT u.id FROM users u WHERE u.id IN ?", []any{met}}, nil
		}
	}
	return q.walk(users(db, b.index), inState(b.state), q.inRole(), b.fits, after), nil
}

// end is the condition that an account is not many steps after the cursor. It is empty where the order is shorter than that.
func (q Query) end(db *gorm.DB, state account.State, after query) (query, error) {
	col := q.Sort.column()
	w := where(inState(state), after)
	var at []row
	err := db.Raw("SELECT u.id, "+col.name+" FROM "+users(db, col.inState)+w.sql+" ORDER BY "+q.order()+" LIMIT 1 OFFSET ?", append(w.args, q.steps)...).Scan(&at).Error
	if err != nil || len(at) == 0 {
		return query{}, err
	}
	return q.until(at[0]), nil
}

// walk is a query for the first who fulfil some conditions.
func (q Query) walk(from string, conditions ...query) (ids query) {
	w := where(conditions...)
	ids.add("SELECT u.id FROM "+from+w.sql+" ORDER BY "+q.order()+" LIMIT ?", append(w.args, q.Size+1)...)
	return ids
}

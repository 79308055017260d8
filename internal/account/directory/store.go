package directory

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/storage"
)

// row is an account with what is kept of its closing.
type row struct {
	ID              account.ID
	Email           string
	EmailKey        string
	EmailVerifiedAt *time.Time
	Nickname        string
	DirectoryKey    string
	Role            account.Role
	Locale          account.Locale
	State           account.State
	CreatedAt       time.Time
	LastSeenAt      *time.Time
	PurgeAfter      *time.Time

	FormerNickname string
	ClosedAt       *time.Time
	ClosedBy       account.ClosedBy
	Reason         string
	Messages       account.Messages
}

func (r row) account() Account {
	a := Account{
		ID: r.ID, Email: r.Email, EmailVerified: r.EmailVerifiedAt != nil, Nickname: r.Nickname, Role: r.Role, Locale: r.Locale,
		State: r.State, CreatedAt: r.CreatedAt.UTC(), LastSeenAt: utc(r.LastSeenAt),
	}
	if r.State == account.Deactivated && r.ClosedAt != nil {
		a.Nickname = r.FormerNickname
		a.Closing = &Closing{By: r.ClosedBy, At: r.ClosedAt.UTC(), PurgeAfter: utc(r.PurgeAfter), Messages: r.Messages, Reason: r.Reason}
	}
	return a
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	return new(t.UTC())
}

// details returns the accounts that a query for ids finds, in an order.
func details(db *gorm.DB, ids, order string, args ...any) ([]row, error) {
	var rows []row
	err := db.Raw(`SELECT u.id, u.email, u.email_key, u.email_verified_at, u.nickname, u.directory_key, u.role, u.locale, u.state, u.created_at,
			u.last_seen_at, u.purge_after, r.nickname AS former_nickname, r.closed_at, r.closed_by, r.reason, r.messages
		FROM (`+ids+`) p JOIN users u ON u.id = p.id LEFT JOIN restore_points r ON r.user_id = u.id ORDER BY `+order, args...).Scan(&rows).Error
	return rows, err
}

// query is a piece of SQL with its arguments.
type query struct {
	sql  string
	args []any
}

func (q *query) add(sql string, args ...any) {
	q.sql += sql
	q.args = append(q.args, args...)
}

// where joins conditions; none means nothing to ask.
func where(conditions ...query) (all query) {
	before := " WHERE "
	for _, c := range conditions {
		if c.sql != "" {
			all.add(before+c.sql, c.args...)
			before = " AND "
		}
	}
	return all
}

// users names the table, and the index to read it by. MariaDB is told that, for it guesses wrong where a filter fits nearly all or nearly
// nobody; SQLite finds it.
func users(db *gorm.DB, index string) string {
	if storage.IsMySQL(db) {
		return "users u FORCE INDEX (" + index + ")"
	}
	return "users u"
}

// inState is the condition of a state, if one is wanted.
func inState(state account.State) query {
	if state == "" {
		return query{}
	}
	return query{"u.state = ?", []any{state}}
}

// inRole keeps SQLite from reading everybody with a common role and sorting them.
func (q Query) inRole() query {
	if q.Role == "" {
		return query{}
	}
	return query{"+u.role = ?", []any{q.Role}}
}

// text is what the beginnings of nicknames and e-mails are compared with, and the id that a text may be. It is zero when there is none.
type text struct {
	nickname, email string
	id              int64
}

// last sorts after every continuation of a text.
const last = "\U0010ffff"

// branch is one way to fit a text in one state.
type branch struct {
	state account.State
	sort  Sort   // the order in which those who fit lie together; none if it is for one at most
	index string // has who fits, and what they are sorted by but for when they were seen
	fits  query
	n     int // how many fit, as far as they are counted
}

// branches are all ways to fit, in each state that was asked for: every index begins with one.
func (q Query) branches(t text) (all []branch) {
	states := []account.State{account.Active, account.MustReset, account.Deactivated}
	if q.State != "" {
		states = []account.State{q.State}
	}
	for _, state := range states {
		all = append(all,
			branch{state, ByNickname, "users_state_directory", query{"u.directory_key >= ? AND u.directory_key < ?", []any{t.nickname, t.nickname + last}}, 0},
			branch{state, ByEmail, "users_state_email", query{"u.email_key >= ? AND u.email_key < ?", []any{t.email, t.email + last}}, 0},
			branch{state, "", "PRIMARY", query{"u.id = ?", []any{t.id}}, 0},
		)
	}
	return all
}

// fits is the condition that a row has to fulfil, in any state.
func (t text) fits() query {
	if t == (text{}) {
		return query{}
	}
	return query{
		"(u.directory_key >= ? AND u.directory_key < ? OR u.email_key >= ? AND u.email_key < ? OR u.id = ?)",
		[]any{t.nickname, t.nickname + last, t.email, t.email + last, t.id},
	}
}

// found is a query for the ids of a branch, as many as are counted.
func (q Query) found(db *gorm.DB, b branch) (ids query) {
	w := where(inState(b.state), b.fits, q.inRole())
	ids.add("SELECT u.id FROM "+users(db, b.index)+w.sql+" LIMIT ?", append(w.args, q.most+1)...)
	return ids
}

// together is the union of queries for ids, each with a limit of its own.
func together(queries []query) (all query) {
	for i, one := range queries {
		if i > 0 {
			all.sql += " UNION "
		}
		all.add(fmt.Sprintf("SELECT id FROM (%s) k%d", one.sql, i), one.args...)
	}
	return all
}

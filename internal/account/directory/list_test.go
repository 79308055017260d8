package directory_test

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/account/directory"
	"github.com/emosation/emosation/internal/fault"
)

var sorts = []directory.Sort{directory.ByAge, directory.ByNickname, directory.ByEmail, directory.BySeen}

// person is what the model knows of an account.
type person struct {
	id              account.ID
	nickname, email string
	state           account.State
	role            account.Role
	created         time.Time
	seen            *time.Time
}

// place compares two people by an order.
func place(sort directory.Sort, a, b person) int {
	var c int
	switch sort {
	case directory.ByNickname:
		c = strings.Compare(account.NicknameKey(a.nickname), account.NicknameKey(b.nickname))
	case directory.ByEmail:
		c = strings.Compare(account.EmailKey(a.email), account.EmailKey(b.email))
	case directory.BySeen:
		switch {
		case a.seen == nil || b.seen == nil:
			c = cmp.Compare(boolean(a.seen != nil), boolean(b.seen != nil))
		default:
			c = a.seen.Compare(*b.seen)
		}
	default:
		c = a.created.Compare(b.created)
	}
	return cmp.Or(c, cmp.Compare(a.id, b.id))
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (p person) fits(q directory.Query) bool {
	nickname, email := account.NicknameKey(p.nickname), account.EmailKey(p.email)
	text := strings.HasPrefix(nickname, account.NicknameKey(q.Text)) || strings.HasPrefix(email, account.EmailKey(q.Text)) ||
		q.Text == strconv.Itoa(int(p.id))
	return (q.State == "" || p.state == q.State) && (q.Role == "" || p.role == q.Role) && (strings.TrimSpace(q.Text) == "" || text)
}

// town registers people of whom many are alike, and returns the model of them.
func (w *world) town(random *rand.Rand, n int) (all []person) {
	nicknames := []string{"민지", "민준", "MinJi", "minji", "Min", "김민지", "Ben", "ﬁn", "🎉", "1", "12", "a!b"}
	admin, err := account.Load(w.db, w.admin)
	require.NoError(w.t, err)
	all = append(all, person{w.admin, admin.Nickname, admin.Email, account.Active, account.RoleAdmin, admin.CreatedAt, nil})
	for i := range n {
		nickname := nicknames[random.IntN(len(nicknames))]
		p := person{
			nickname: nickname, email: fmt.Sprintf("%s%d@Example.org", []string{"min", "Ben", "김", "z"}[random.IntN(4)], i),
			state: account.Active, role: account.RoleUser, created: noon.Add(time.Duration(random.IntN(6)) * time.Microsecond),
		}
		p.id = w.registered(p.nickname, p.email, p.created)
		if random.IntN(6) == 0 {
			p.role = account.RoleAdmin
			w.role(p.id, p.role)
		}
		if random.IntN(3) > 0 {
			p.seen = new(noon.Add(time.Duration(random.IntN(4)) * time.Second))
			w.exec("UPDATE users SET last_seen_at = ? WHERE id = ?", *p.seen, p.id)
		}
		switch random.IntN(4) {
		case 0:
			p.state = account.Deactivated
			w.close(p.id, account.BySelf, "")
		case 1:
			p.state = account.MustReset
			w.close(p.id, account.ByAdmin, "")
			w.restore(p.id)
		}
		all = append(all, p)
	}
	return all
}

// pages turns all pages, calling between after each.
func (w *world) pages(q directory.Query, between func()) (all []directory.Account) {
	w.t.Helper()
	for turned := 0; ; turned++ {
		require.Less(w.t, turned, 1000, "it never ends")
		page, err := w.List(w.t.Context(), w.by.User, q)
		require.NoError(w.t, err)
		require.LessOrEqual(w.t, len(page.Accounts), q.Size)
		all = append(all, page.Accounts...)
		if page.Next == "" {
			return all
		}
		require.Len(w.t, page.Accounts, q.Size, "only the last page is shorter")
		q.Cursor = page.Next
		between()
	}
}

// Every order, with every filter, against a sorted list in memory, as if texts that three people fit were fitted by many.
func TestThePagesHoldEverybodyExactlyOnceInOrder(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		all := w.town(rand.New(rand.NewPCG(3, 7)), 60)
		for most, steps := range map[int]int{directory.MaxTotal: 3, 5: 20} { // few steps are enough for nobody, many for most
			w.Spend(most, 2, steps)
			for _, sort := range sorts {
				for _, q := range filters() {
					q.Sort, q.Descending, q.Size = sort, len(q.Text)%2 == 0, 5
					for range 2 {
						q.Descending = !q.Descending
						var want []account.ID
						for _, p := range slices.SortedFunc(slices.Values(all), func(a, b person) int { return place(sort, a, b) }) {
							if p.fits(q) {
								want = append(want, p.id)
							}
						}
						if q.Descending {
							slices.Reverse(want)
						}
						var got []account.ID
						for _, a := range w.pages(q, func() {}) {
							got = append(got, a.ID)
						}
						require.Equal(t, want, got, "%+v", q)
						page, err := w.List(t.Context(), w.admin, q)
						require.NoError(t, err)
						require.Equal(t, min(most, len(want)), page.Total, "%+v", q)
						require.Equal(t, len(want) > most, page.Capped, "%+v", q)
					}
				}
			}
		}
	})
}

// Following an order ends at a place in it, and leaves out nobody who stands before.
func TestThoseUntilSomebodyAreTheBeginningOfTheOrder(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		all := w.town(rand.New(rand.NewPCG(2, 4)), 30)
		for _, sort := range sorts {
			for _, descending := range []bool{false, true} {
				order := slices.SortedFunc(slices.Values(all), func(a, b person) int { return place(sort, a, b) })
				if descending {
					slices.Reverse(order)
				}
				var want []account.ID
				for _, p := range order {
					want = append(want, p.id)
					got, err := w.Until(t.Context(), directory.Query{Sort: sort, Descending: descending}, p.id)
					require.NoError(t, err)
					require.Equal(t, want, got, "%s %v", sort, descending)
				}
			}
		}
	})
}

func filters() (all []directory.Query) {
	for _, state := range []account.State{"", account.Active, account.MustReset, account.Deactivated} {
		for _, role := range []account.Role{"", account.RoleUser, account.RoleAdmin} {
			for _, text := range []string{"", "min", "ＭＩＮＪＩ", "민", "12", "nobody", "%", " "} {
				if state == "" && role == "" || text == "min" && role != account.RoleAdmin || text == "" && (state == "") == (role == "") {
					all = append(all, directory.Query{State: state, Role: role, Text: text})
				}
			}
		}
	}
	return all
}

// People come, go and change between two pages. Who stays as they are is found once all the same, in order.
func TestWhoStaysIsListedOnceWhateverOthersDo(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		random := rand.New(rand.NewPCG(5, 11))
		for _, sort := range sorts {
			for _, descending := range []bool{false, true} {
				all := w.town(random, 12)[1:]
				restless := all[:6]
				n := 0
				between := func() {
					n++
					name := fmt.Sprintf("%c%d%s%v", 'a'+random.IntN(26), n, sort, descending)
					w.registered(name, name+"@example.org", noon.Add(time.Duration(random.IntN(8)-2)*time.Microsecond))
					p := restless[random.IntN(len(restless))]
					w.exec("UPDATE users SET directory_key = ?, last_seen_at = ? WHERE id = ?", name, noon.Add(time.Duration(n)*time.Second), p.id)
					if n%3 == 0 {
						w.exec("DELETE FROM users WHERE id = ?", p.id)
					}
				}
				at := map[account.ID]int{}
				for i, a := range w.pages(directory.Query{Sort: sort, Descending: descending, Size: 3}, between) {
					if slices.ContainsFunc(all[6:], func(p person) bool { return p.id == a.ID }) {
						require.NotContains(t, at, a.ID, "somebody comes twice")
						at[a.ID] = i
					}
				}
				require.Len(t, at, 6, "somebody is missing")
				stayed := slices.SortedFunc(slices.Values(all[6:]), func(a, b person) int { return place(sort, a, b) })
				if descending {
					slices.Reverse(stayed)
				}
				require.True(t, slices.IsSortedFunc(stayed, func(a, b person) int { return at[a.id] - at[b.id] }))
				w.exec("DELETE FROM users WHERE id <> ?", w.admin)
			}
		}
	})
}

func TestACursorBelongsToItsOrder(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.town(rand.New(rand.NewPCG(1, 1)), 6)
		refused := func(q directory.Query) {
			t.Helper()
			_, err := w.List(t.Context(), w.admin, q)
			invalid, ok := errors.AsType[*fault.Error](err)
			require.True(t, ok, "%+v: %v", q, err)
			require.Equal(t, "query.cursor", invalid.Fields[0].Name)
		}
		for _, sort := range sorts {
			for _, descending := range []bool{false, true} {
				page, err := w.List(t.Context(), w.admin, directory.Query{Sort: sort, Descending: descending, Size: 2})
				require.NoError(t, err)
				for _, other := range sorts {
					q := directory.Query{Sort: other, Descending: !descending, Size: 2, Cursor: page.Next}
					refused(q)
					if q.Descending = descending; other != sort {
						refused(q)
					}
				}
			}
			for _, raw := range []string{
				"1", string(sort), string(sort) + "+", string(sort) + "+1", string(sort) + "+ :x", string(sort) + "+01:x", string(sort) + "++1:x",
				string(sort) + "+1:\xff", "created+1:", "created+1:x y", "created+1:zzzzzzzzzzzz", "created+1:-zzzzzzzzzzz", "seen+1:zzzzzzzzzzzz",
				string(sort) + "+zzzzzzzzzzzzzzzz:1", strings.Repeat("x", 400),
			} {
				refused(directory.Query{Sort: sort, Size: 2, Cursor: base64.RawURLEncoding.EncodeToString([]byte(raw))})
			}
			refused(directory.Query{Sort: sort, Size: 2, Cursor: "!"})
		}
	})
}

// The longest cursor fits the parameter that takes it.
func TestTheLongestKeysFitTheCursor(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		label := strings.Repeat("𠀀", 15)
		email := strings.Repeat("𠀀", 16) + "@" + strings.Repeat(label+".", 14) + strings.Repeat("𠀀", 12)
		email, wrong := account.NormalEmail(email)
		require.Empty(t, wrong)
		for i := range 2 {
			w.registered(strings.Repeat("\ufdfa", 30), email[i*4:], noon)
		}
		for _, sort := range []directory.Sort{directory.ByEmail, directory.ByNickname} {
			q := directory.Query{Sort: sort, Size: 2}
			page, err := w.List(t.Context(), w.admin, q)
			require.NoError(t, err)
			require.LessOrEqual(t, len(page.Next), 1500, "openapi.yaml says how long a cursor may be")
			require.Len(t, w.pages(q, func() {}), 3)
		}
	})
}

func TestOnlyAdminsListAccounts(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		gone := w.user("Gone")
		w.role(gone, account.RoleAdmin)
		w.close(gone, account.ByAdmin, "")
		for _, who := range []account.ID{0, 999, w.user("Carl"), gone} {
			_, err := w.List(t.Context(), who, directory.Query{Size: 1})
			require.ErrorIs(t, err, account.ErrAdminOnly)
		}
	})
}

package directory_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/account/directory"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

// BenchmarkDirectory asks for pages of a million accounts (with -short of a hundred thousand): in every order, either way, from the first
// page and from the middle, for every state and role. Each benchmark is one text that is looked for. It reports the median of the slowest of
// those questions, and that of the one in the middle.
func BenchmarkDirectory(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *gorm.DB{"mariadb": testkit.MariaDB, "sqlite": testkit.SQLite} {
		b.Run(name, func(b *testing.B) {
			db, size := open(b), 1_000_000
			if testing.Short() {
				size /= 10
			}
			if storage.IsMySQL(db) { // the accounts fit into memory, as they do where there are so many
				require.NoError(b, db.Exec("SET GLOBAL innodb_buffer_pool_size = ?", 2<<30).Error)
			}
			w := newWorld(b, db)
			w.populate(b, size)
			for text, q := range map[string]string{
				"everybody": "", "surname": "김", "latin": "kim", "letter": "m", "name": "minji", "syllables": "김민", "email": "minji77", "id": "4242", "absent": "뷁",
			} {
				b.Run(text, func(b *testing.B) { w.measure(b, q, size) })
			}
		})
	}
}

func (w *world) measure(b *testing.B, text string, size int) {
	var questions []directory.Query
	for _, sort := range sorts {
		for _, descending := range []bool{false, true} {
			deep, err := w.At(b.Context(), directory.Query{Sort: sort, Descending: descending}, size/2)
			require.NoError(b, err)
			for _, cursor := range []string{"", deep} {
				for _, state := range []account.State{"", account.Active, account.MustReset, account.Deactivated} {
					for _, role := range []account.Role{"", account.RoleUser, account.RoleAdmin} {
						questions = append(questions, directory.Query{
							Text: text, Sort: sort, Descending: descending, Cursor: cursor, State: state, Role: role, Size: 20,
						})
					}
				}
			}
		}
	}
	took := make([][]time.Duration, len(questions))
	for b.Loop() {
		for i, q := range questions {
			start := time.Now()
			_, err := w.List(b.Context(), w.admin, q)
			took[i] = append(took[i], time.Since(start))
			require.NoError(b, err)
		}
	}
	medians := make([]float64, len(questions))
	worst := 0
	for i, times := range took {
		slices.Sort(times)
		if medians[i] = float64(times[len(times)/2].Microseconds()) / 1000; medians[i] > medians[worst] {
			worst = i
		}
	}
	q := questions[worst]
	b.Logf("the slowest question is %q by %s, descending %v, deep %v, state %q, role %q", q.Text, q.Sort, q.Descending, q.Cursor != "", q.State, q.Role)
	slices.Sort(medians)
	b.ReportMetric(medians[len(medians)-1], "worst-p50-ms")
	b.ReportMetric(medians[len(medians)/2], "p50-ms")
	b.ReportMetric(0, "ns/op") // of all questions together
}

// populate makes accounts with names of which some are borne by many, and e-mails of which half begin like the name.
func (w *world) populate(b *testing.B, size int) {
	random := rand.New(rand.NewPCG(1, 9))
	users := storage.NewRows(w.db, "users", "email", "email_key", "nickname", "nickname_key", "directory_key", "password_hash", "role", "state", "locale",
		"share_readings", "show_readings", "calibrate_readings", "created_at", "updated_at", "last_seen_at", "purge_after")
	points := storage.NewRows(w.db, "restore_points", "user_id", "nickname", "closed_at", "closed_by", "messages")
	const batch = 2048
	first := int(w.admin) + 1
	for from := 0; from < size; from += batch {
		var rows, closed []any
		for i := from; i < min(size, from+batch); i++ {
			nickname, handle := someone(random)
			if random.IntN(2) == 0 {
				handle = fmt.Sprintf("%c%c%c", 'a'+random.IntN(26), 'a'+random.IntN(26), 'a'+random.IntN(26))
			}
			email := fmt.Sprintf("%s%d@example.org", handle, i)
			key, state, role := account.NicknameKey(nickname), account.Active, account.RoleUser
			created := noon.Add(-time.Duration(size-i) * time.Minute)
			var seen, purge *time.Time
			if random.IntN(10) > 2 {
				seen = new(noon.Add(-time.Duration(random.ExpFloat64() * 30 * 24 * float64(time.Hour))).Truncate(time.Microsecond))
			}
			switch n := random.IntN(1000); {
			case n < 30:
				state, purge = account.Deactivated, new(noon.Add(time.Duration(n)*24*time.Hour))
				closed = append(closed, first+i, nickname, noon, account.BySelf, account.KeepMessages)
			case n == 30:
				state = account.MustReset
			case n == 31 && random.IntN(25) == 0:
				role = account.RoleAdmin
			}
			shown := nickname
			if state == account.Deactivated {
				shown = ""
			}
			rows = append(rows, email, email, shown, account.NicknameKey(shown), key, "-", role, state, account.Korean,
				account.ShareEveryone, true, false, created, created, seen, purge)
		}
		require.NoError(b, storage.Tx(b.Context(), w.db, func(tx *gorm.DB) error {
			if err := users.Insert(tx, rows); err != nil {
				return err
			}
			return points.Insert(tx, closed)
		}))
	}
	for _, table := range []string{"users", "restore_points"} { // as a server does by itself, but later
		require.NoError(b, w.db.Exec(map[bool]string{true: "ANALYZE TABLE ", false: "ANALYZE "}[storage.IsMySQL(w.db)]+table).Error)
	}
}

// someone returns a nickname and how it is written in Latin letters.
func someone(random *rand.Rand) (nickname, handle string) {
	surnames := []string{"김", "김", "김", "김", "이", "이", "이", "박", "박", "최", "정", "강", "조", "윤", "장", "임"}
	latin := []string{"kim", "kim", "kim", "kim", "lee", "lee", "lee", "park", "park", "choi", "jung", "kang", "cho", "yoon", "jang", "lim"}
	given := []string{"민", "서", "지", "하", "도", "예", "준", "우", "현", "은", "수", "아", "연", "진", "영", "호", "나", "다", "라", "원"}
	english := []string{"Minji", "Mina", "Max", "Ben", "Ann", "Zoe", "Juno", "Leo", "Mia", "Noah", "Emma", "Liam", "Olivia", "Sophia", "Ivy", "Kai"}
	if random.IntN(10) < 6 {
		i := random.IntN(len(surnames))
		return surnames[i] + given[random.IntN(20)] + given[random.IntN(20)], latin[i]
	}
	name := english[random.IntN(len(english))]
	return fmt.Sprintf("%s%d", name, random.IntN(5000)), account.NicknameKey(name)
}

package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/testkit"
)

// rows returns how many rows a table has.
func rows(t *testing.T, s testkit.Stack, table string) int {
	t.Helper()
	var n int64
	require.NoError(t, s.DB.Table(table).Count(&n).Error)
	return int(n)
}

// stackEnvironment is the environment of commands that work on a stack.
func stackEnvironment(t *testing.T, s testkit.Stack) []string {
	return append(embedded(t), "EMOSATION_DATABASE_URL="+s.DatabaseURL, "EMOSATION_REDIS_URL="+s.RedisURL, "EMOSATION_JWT_KEY="+testKey(t))
}

func TestImportAddsTheFilesOfAPlaceAfterAnother(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		environ := stackEnvironment(t, s)
		for _, c := range []struct {
			kind, table string
			want        int
		}{{"areas", "areas", 11}, {"boxes", "boxes", 8}, {"stores", "stores", 14}, {"menus", "menu_items", 93}} {
			got := command(t, "", environ, "import", c.kind, filepath.Join("demo", c.kind+".csv"))
			require.Equal(t, exitOK, got.code, got.err)
			require.Regexp(t, `^`+c.kind+` added: \d+\n$`, got.out)
			require.Equal(t, c.want, rows(t, s, c.table))
		}
		again := command(t, "zip,province,district,neighbourhood\n90101,새벽도,가온구,달빛동\n90109,새벽도,가온구,달빛동\n", environ, "import", "areas", "-")
		require.Equal(t, "areas added: 1\n", again.out, again.err)
	})
}

func TestImportSaysAllThatIsWrong(t *testing.T) {
	file := filepath.Join(t.TempDir(), "boxes.csv")
	require.NoError(t, os.WriteFile(file, []byte("name,zip,address,lat,lng\n가,9,나,0,0\n가,90101,나,x,0\n"), 0o600))
	environ := embedded(t)
	got := command(t, "", environ, "import", "boxes", file)
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.err, file)
	require.Contains(t, got.err, "line 2, zip: ")
	require.Contains(t, got.err, "line 3, lat: ")
	require.Empty(t, got.out)

	missing := command(t, "", environ, "import", "boxes", file+".not")
	require.Equal(t, exitFailed, missing.code)
	for _, args := range [][]string{{}, {"boxes"}, {"rooms", file}, {"boxes", file, file}} {
		got := command(t, "", environ, append([]string{"import"}, args...)...)
		require.Equal(t, exitUsage, got.code, args)
		require.Contains(t, got.err, "areas, stores, menus or boxes")
	}
}

func TestAnAdminIsMadeWithAPasswordOfItsOwn(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		environ := stackEnvironment(t, s)
		made := command(t, "", environ, "create-admin", "boss@example.org", "대장")
		require.Equal(t, exitOK, made.code, made.err)
		password := regexp.MustCompile(`[a-z0-9]{4}(-[a-z0-9]{4}){4}`).FindString(made.out)
		require.NotEmpty(t, password, made.out)
		other := command(t, "", environ, "create-admin", "second@example.org")
		require.Equal(t, exitOK, other.code, other.err)
		require.NotContains(t, other.out, password, "no two have the same")

		server := start(t, environ)
		boss := &person{url: server.url, http: contractClient(t), email: "boss@example.org"}
		login := map[string]any{"email": boss.email, "password": password}
		status, body := boss.call(t, http.MethodPost, "/auth/login", login)
		require.Equal(t, http.StatusOK, status, string(body))
		tokens := decoded[openapi.Tokens](t, body)
		require.Equal(t, "대장", tokens.User.Nickname)
		require.Equal(t, openapi.RoleAdmin, tokens.User.Role)
		boss.token = tokens.AccessToken
		boss.must(t, http.MethodGet, "/admin/stores", nil)

		minji := newcomer(t, boss.http, server.url, "민지")
		status, _ = minji.call(t, http.MethodGet, "/admin/stores", nil)
		require.Equal(t, http.StatusForbidden, status)
		raised := command(t, "", environ, "create-admin", strings.ToUpper(minji.email))
		require.Equal(t, exitOK, raised.code, raised.err)
		require.Contains(t, raised.out, minji.email+" has an account already (민지)")
		minji.must(t, http.MethodGet, "/admin/stores", nil)
		minji.login(t) // with the password it had
	})
}

func TestAnAdminNeedsAnEmailAndANickname(t *testing.T) {
	environ := embedded(t)
	for _, args := range [][]string{{}, {"a@example.org", "b", "c"}} {
		got := command(t, "", environ, append([]string{"create-admin"}, args...)...)
		require.Equal(t, exitUsage, got.code, args)
		require.Contains(t, got.err, "an e-mail")
	}
	got := command(t, "", environ, "create-admin", "boss", "\n")
	require.Equal(t, exitUsage, got.code)
	require.Contains(t, got.err, "the email must be an e-mail address")
	require.Contains(t, got.err, "the nickname must not")
	require.Empty(t, got.out)
}

func TestTheDemoHasATownAndRoomsToDiscover(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		environ := stackEnvironment(t, s)
		first := command(t, "", environ, "seed-demo", "--force")
		require.Equal(t, exitOK, first.code, first.err)
		tables := []string{"users", "areas", "stores", "menu_items", "boxes", "rooms", "bookings", "messages"}
		var before []int
		for _, table := range tables {
			before = append(before, rows(t, s, table))
		}
		require.Equal(t, []int{2, 11, 14, 93, 8, 3, 1}, before[:7])
		again := command(t, "", environ, "seed-demo", "--force")
		require.Equal(t, exitOK, again.code, again.err)
		require.Equal(t, first.out, again.out, "it tells the passwords again")
		for i, table := range tables {
			require.Equal(t, before[i], rows(t, s, table), table)
		}

		server := start(t, environ)
		login := regexp.MustCompile(`(\S+@example\.org) +(\S+)`).FindStringSubmatch(first.out)
		minji := &person{url: server.url, http: contractClient(t), email: login[1]}
		status, body := minji.call(t, http.MethodPost, "/auth/login", map[string]any{"email": login[1], "password": login[2]})
		require.Equal(t, http.StatusOK, status, string(body))
		tokens := decoded[openapi.Tokens](t, body)
		require.Equal(t, openapi.RoleUser, tokens.User.Role)
		minji.token = tokens.AccessToken
		var titles []string
		for _, room := range decoded[openapi.OpenRoomPage](t, minji.must(t, http.MethodGet, "/rooms/open", nil)).Items {
			titles = append(titles, room.Title)
		}
		require.ElementsMatch(t, []string{"동네 산책 모임 · Evening walks", "달빛분식 같이 시켜요"}, titles)
	})
}

// A pickup room of the demo ends by itself; the next run makes another.
func TestTheDemoKeepsARoomToDiscover(t *testing.T) {
	t.Parallel() // it waits for the next look at rooms whose time is over
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		environ := stackEnvironment(t, s)
		require.Equal(t, exitOK, command(t, "", environ, "seed-demo", "--force").code)
		tomorrow := func() time.Time { return time.Now().Add(24 * time.Hour) }
		server := startAt(t, environ, tomorrow)
		require.Eventually(t, func() bool {
			var open int64
			require.NoError(t, s.DB.Table("rooms").Where("kind = 'group' AND state = 'open'").Count(&open).Error)
			return open == 1
		}, 30*time.Second, 50*time.Millisecond)
		server.stop()
		require.Equal(t, exitOK, command(t, "", environ, "seed-demo", "--force").code)
		require.Equal(t, 2, rows(t, s, "bookings"))
	})
}

// Whoever opens the demo at one of its boxes finds something to eat there.
func TestEveryBoxOfTheDemoHasStoresNearby(t *testing.T) {
	environ := embedded(t)
	require.Equal(t, exitOK, command(t, "", environ, "seed-demo").code)
	server := start(t, environ)
	minji := newcomer(t, contractClient(t), server.url, "나그네")
	boxes := map[string]openapi.Box{}
	categories := map[openapi.StoreCategory]bool{}
	for _, zip := range []string{"90101", "90103", "90104", "90201", "90202", "90203"} {
		for _, box := range decoded[openapi.BoxList](t, minji.must(t, http.MethodGet, "/boxes?zip="+zip, nil)).Items {
			boxes[box.Name] = box
		}
	}
	require.Len(t, boxes, 8)
	broken := 0
	for name, box := range boxes {
		if box.Condition == openapi.BoxConditionBroken {
			broken++
		}
		page := decoded[openapi.StorePage](t, minji.must(t, http.MethodGet, fmt.Sprintf("/stores?lat=%v&lng=%v", box.Lat, box.Lng), nil))
		require.GreaterOrEqual(t, page.Total, 5, name)
		for _, store := range page.Items {
			require.True(t, store.Category.Valid())
			categories[store.Category] = true
		}
	}
	require.Equal(t, 1, broken)
	require.Len(t, categories, 13)
}

package main

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/openai/openaitest"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit"
)

// operate runs a command of an operator and returns how it ended and what it said.
func operate(t *testing.T, environ []string, args ...string) (code int, said string) {
	t.Helper()
	var out bytes.Buffer
	code = run(t.Context(), args, program{environ: environ, in: strings.NewReader(""), out: &out, err: &out, now: time.Now, hashCost: cheap})
	return code, out.String()
}

// enter looks at a room over a new socket, with what a client knows, and returns the answer.
func (p *person) enter(t *testing.T, room int64, known map[string]any) openapi.EnteredEnvelope {
	t.Helper()
	conn := p.dial(t)
	what := map[string]any{"type": "enter", "room": room}
	for name, value := range known {
		what[name] = value
	}
	conn.send(t, what)
	return decoded[openapi.EnteredEnvelope](t, []byte(conn.waitType(t, "entered").raw))
}

func TestWhoKnowsAnotherEpochOrTooMuchBeginsAnew(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, stack testkit.Stack) {
		settings := stackSettings(t, stack)
		server, client := start(t, settings), contractClient(t)
		ann, ben := newcomer(t, client, server.url, "Ann"), newcomer(t, client, server.url, "Ben")
		room := befriend(t, ann, ben)
		for _, text := range []string{"one", "two", "three"} {
			ann.must(t, http.MethodPost, messages(room), note(text))
		}
		page := decoded[openapi.MessagePage](t, ann.must(t, http.MethodGet, messages(room), nil))
		epoch := page.Epoch
		require.NotEmpty(t, epoch)
		require.Equal(t, epoch, decoded[openapi.Ticket](t, ann.must(t, http.MethodPost, "/ws/tickets", nil)).Epoch)
		require.Equal(t, epoch, decoded[openapi.MessagePage](t, ann.must(t, http.MethodGet, messages(room)+"?before=2", nil)).Epoch)

		for _, c := range []struct {
			name  string
			known map[string]any
			reset bool
			seqs  []int64
		}{
			{"nothing", nil, false, nil},
			{"a part", map[string]any{"sinceRev": 2, "epoch": epoch}, false, []int64{3}},
			{"a part, of no matter what", map[string]any{"sinceRev": 2}, false, []int64{3}},
			{"everything", map[string]any{"sinceRev": 3, "epoch": epoch}, false, nil},
			{"more than there is", map[string]any{"sinceRev": 4, "epoch": epoch}, true, []int64{1, 2, 3}},
			{"more than there is, of no matter what", map[string]any{"sinceRev": 4}, true, []int64{1, 2, 3}},
			{"a part of something else", map[string]any{"sinceRev": 2, "epoch": "another"}, true, []int64{1, 2, 3}},
			{"that there was something else", map[string]any{"epoch": "another"}, true, []int64{1, 2, 3}},
		} {
			entered := ann.enter(t, room, c.known)
			require.Equal(t, epoch, entered.Epoch, c.name)
			require.Equal(t, c.reset, entered.Reset != nil && *entered.Reset, c.name)
			var seqs []int64
			for _, m := range entered.Messages {
				seqs = append(seqs, m.Seq)
			}
			require.Equal(t, c.seqs, seqs, c.name)
		}
		conn := ann.dial(t)
		conn.send(t, map[string]any{"type": "enter", "room": room, "epoch": strings.Repeat("x", 65)})
		require.Equal(t, "frame.invalid", conn.waitType(t, "error").Code)
	})
}

func TestANewEpochEndsSessionsAndLinksUnlessTheyAreKept(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, stack testkit.Stack) {
		settings := stackSettings(t, stack)
		server, client := start(t, settings), contractClient(t)
		ann := newcomer(t, client, server.url, "Ann")
		before := decoded[openapi.Ticket](t, ann.must(t, http.MethodPost, "/ws/tickets", nil)).Epoch
		require.Equal(t, exitOK, server.stop())
		db := testkit.Open(t, stack.DatabaseURL)
		require.NoError(t, db.Exec("INSERT INTO links (token_hash, user_id, purpose, created_at, expires_at) VALUES ('abc', ?, 'reset', ?, ?)",
			ann.id, time.Now().UTC(), time.Now().UTC().Add(time.Hour)).Error)
		links := func() (n int64) {
			require.NoError(t, db.Raw("SELECT COUNT(*) FROM links WHERE token_hash = 'abc'").Scan(&n).Error)
			return n
		}

		code, said := operate(t, settings, "new-epoch", "--keep-sessions")
		require.Equal(t, exitOK, code, said)
		require.Contains(t, said, "as they were")
		server = start(t, settings)
		ann.url = server.url
		ticket := decoded[openapi.Ticket](t, ann.must(t, http.MethodPost, "/ws/tickets", nil))
		require.NotEqual(t, before, ticket.Epoch)
		require.EqualValues(t, 1, links())
		require.Equal(t, exitOK, server.stop())

		require.NoError(t, db.Exec("CREATE TABLE restoring (id INT PRIMARY KEY)").Error)
		refused := command(t, "", settings, "serve")
		require.Equal(t, exitFailed, refused.code)
		require.Contains(t, refused.err, "a backup is being restored into this database")
		code, said = operate(t, settings, "new-epoch")
		require.Equal(t, exitOK, code, said)
		require.Contains(t, said, "log in again")
		require.Zero(t, links())
		server = start(t, settings)
		ann.url = server.url
		status, _ := ann.call(t, http.MethodGet, "/users/me", nil)
		require.Equal(t, http.StatusUnauthorized, status)
		ann.login(t)
		require.NotEqual(t, ticket.Epoch, decoded[openapi.Ticket](t, ann.must(t, http.MethodPost, "/ws/tickets", nil)).Epoch)

		code, said = operate(t, settings, "new-epoch", "now")
		require.Equal(t, exitUsage, code, said)
	})
}

func TestAServerEndsWhenABackupIsRestoredUnderIt(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, db *gorm.DB) {
		began, err := storage.Epoch(t.Context(), db)
		require.NoError(t, err)
		ended := make(chan error, 1)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { ended <- watchEpoch(ctx, db, began, time.Millisecond) }()
		require.NoError(t, db.Exec("ALTER TABLE epoch RENAME TO elsewhere").Error, "as while a restoration has not come so far")
		require.Never(t, func() bool { return len(ended) > 0 }, 50*time.Millisecond, 5*time.Millisecond)
		require.NoError(t, db.Exec("ALTER TABLE elsewhere RENAME TO epoch").Error)
		require.Never(t, func() bool { return len(ended) > 0 }, 50*time.Millisecond, 5*time.Millisecond)
		_, err = storage.BeginEpoch(db)
		require.NoError(t, err)
		require.ErrorIs(t, <-ended, errEpoch)

		cancel()
		require.NoError(t, watchEpoch(ctx, db, began, time.Hour))
	})
}

func TestTheEmbeddedDatabaseIsBackedUpWhileTheServerRunsAndRestored(t *testing.T) {
	settings := append(embedded(t), "EMOSATION_PUBLIC_URL=http://chat.example.org")
	server, client := start(t, settings), contractClient(t)
	ann, ben := newcomer(t, client, server.url, "Ann"), newcomer(t, client, server.url, "Ben")
	room := befriend(t, ann, ben)
	ann.must(t, http.MethodPost, messages(room), note("before"))
	file := filepath.Join(t.TempDir(), "backup.db")
	code, said := operate(t, settings, "backup", file)
	require.Equal(t, exitOK, code, said)
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())
	ann.must(t, http.MethodPost, messages(room), note("after"))
	known := ann.enter(t, room, map[string]any{"sinceRev": 0})
	require.Len(t, known.Messages, 2)

	code, said = operate(t, settings, "backup", file)
	require.Equal(t, exitUsage, code, said)
	code, said = operate(t, settings, "restore", file)
	require.Equal(t, exitUsage, code, said)
	require.Contains(t, said, "--force")
	code, said = operate(t, settings, "restore", "--force", file)
	require.Equal(t, exitFailed, code, said)
	require.Contains(t, said, "stop the server first")
	require.NotContains(t, said, "begins")
	require.Len(t, ann.history(t, room), 2)
	require.Equal(t, exitOK, server.stop())

	whole, err := os.ReadFile(file)
	require.NoError(t, err)
	for name, content := range map[string]string{
		"nothing": "", "nonsense": strings.Repeat("no database ", 1000),
		"a half": string(whole[:len(whole)/2]), "all but a page": string(whole[:len(whole)-4096]), "all but a byte": string(whole[:len(whole)-1]),
	} {
		wrong := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(wrong, []byte(content), 0o600))
		code, said = operate(t, settings, "restore", "--force", wrong)
		require.Equal(t, exitFailed, code, said)
		require.Contains(t, said, "no whole database")
	}
	newer := filepath.Join(t.TempDir(), "newer.db")
	require.NoError(t, os.WriteFile(newer, whole, 0o600))
	db := testkit.Open(t, "sqlite://"+newer)
	require.NoError(t, db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)").Error)
	require.NoError(t, storage.Close(db))
	code, said = operate(t, settings, "restore", "--force", newer)
	require.Equal(t, exitFailed, code, said)
	require.Contains(t, said, "newer than this program")
	code, said = operate(t, settings, "restore", "--force", "--keep-sessions", file)
	require.Equal(t, exitOK, code, said)
	require.Contains(t, said, ".before-")

	server = start(t, settings)
	ann.url = server.url
	entered := ann.enter(t, room, map[string]any{"sinceRev": known.LastRev, "epoch": known.Epoch})
	require.True(t, *entered.Reset)
	require.Equal(t, ann.history(t, room), entered.Messages)
	require.Len(t, entered.Messages, 1)
	require.Greater(t, newcomer(t, client, server.url, "Cleo").id, int64(1_000_000))
	require.Equal(t, exitOK, server.stop())

	folder := strings.TrimPrefix(settings[0], "EMOSATION_DATA_DIR=")
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, entry := range entries {
		require.NotContains(t, entry.Name(), "restore", "nothing is left behind")
	}
	servers, owner := filepath.Join(t.TempDir(), "fresh"), os.Geteuid()
	require.NoError(t, os.Mkdir(servers, 0o700))
	if owner == 0 {
		owner = 12345
		require.NoError(t, os.Chown(servers, owner, owner))
	}
	for _, args := range [][]string{{"restore", file}, {"restore", "--force", file}} {
		code, said = operate(t, []string{"EMOSATION_DATA_DIR=" + servers}, args...)
		require.Equal(t, exitOK, code, said)
		info, err := os.Stat(filepath.Join(servers, "emosation.db"))
		require.NoError(t, err)
		require.EqualValues(t, owner, info.Sys().(*syscall.Stat_t).Uid, "root restores for somebody else")
	}
	code, said = operate(t, []string{"EMOSATION_DATABASE_URL=mysql://a@b/c", "EMOSATION_JWT_KEY=" + testKey(t)}, "backup", file+"2")
	require.Equal(t, exitUsage, code, said)
	require.Contains(t, said, "deploy/backup.sh")
	code, said = operate(t, settings, "backup", filepath.Join(t.TempDir(), "no", "such", "folder"))
	require.Equal(t, exitFailed, code, said)
	again := filepath.Join(t.TempDir(), "again.db")
	require.NoError(t, os.WriteFile(again+".partial", []byte("of one that was killed"), 0o600))
	code, said = operate(t, settings, "backup", again)
	require.Equal(t, exitOK, code, said)
}

// TestThereIsADatabaseAtEveryMomentOfARestoration: a server that is started after one that was killed would begin with an empty one.
func TestThereIsADatabaseAtEveryMomentOfARestoration(t *testing.T) {
	path := filepath.Join(t.TempDir(), "emosation.db")
	db := testkit.Open(t, "sqlite://"+path)
	require.NoError(t, storage.Migrate(t.Context(), db))
	epoch, err := storage.Epoch(t.Context(), db)
	require.NoError(t, err)
	require.NoError(t, storage.Close(db))
	var out bytes.Buffer
	require.NoError(t, putAside(t.Context(), program{out: &out, now: time.Now}, path))
	for _, there := range []string{path, strings.TrimSuffix(strings.TrimPrefix(out.String(), "What was there is in "), ".\n")} {
		still, err := storage.Epoch(t.Context(), testkit.Open(t, "sqlite://"+there))
		require.NoError(t, err, there)
		require.Equal(t, epoch, still)
	}
}

// TestRedisKeepsNothingOfAnotherHistory: what is kept is kept for the epoch, unless it is as true in the next one.
func TestRedisKeepsNothingOfAnotherHistory(t *testing.T) {
	t.Parallel()
	stack := testkit.Stack{DatabaseURL: testkit.MariaDBURL(t), RedisURL: testkit.RedisURL(t)}
	redis := testkit.OpenRedis(t, stack.RedisURL)
	provider := openaitest.New(t)
	provider.Script(openaitest.Silent())
	settings := append(stackSettings(t, stack, remotely(provider)...), "EMOSATION_RATE_LIMITS=on")
	start(t, settings) // a node that is alone tells nobody who is online
	server, client := start(t, settings), contractClient(t)
	ann, ben := newcomer(t, client, server.url, "Ann"), newcomer(t, client, server.url, "Ben")
	room := befriend(t, ann, ben)
	conn := ben.dial(t)
	conn.send(t, map[string]any{"type": "enter", "room": room})
	conn.waitType(t, "entered")
	ann.must(t, http.MethodPost, messages(room), note("a message that waits for a better reading"))
	ann.history(t, room)
	epoch := decoded[openapi.Ticket](t, ann.must(t, http.MethodPost, "/ws/tickets", nil)).Epoch

	always := []string{
		"emosation:auth:ticket:", // for half a minute, of a session that SQL is asked about
		"emosation:limit:",       // of somebody who tried something so often
		"emosation:openai:",      // what was spent is spent
		"emosation:visitors:",    // who was here was here
	}
	ofEpoch := map[string]bool{"emosation:recent:" + epoch + ":": false}
	for _, kind := range []string{"nodes", "roll", "online:", "viewers:", "{readings}", "{readings}:"} {
		ofEpoch["emosation:"+epoch+":"+kind] = false
	}
	require.Eventually(t, func() bool {
		keys, err := redis.Do(t.Context(), redis.B().Keys().Pattern("*").Build()).AsStrSlice()
		require.NoError(t, err)
		for _, key := range keys {
			known := slices.ContainsFunc(always, func(beginning string) bool { return strings.HasPrefix(key, beginning) })
			for beginning := range ofEpoch {
				if key == beginning || strings.HasSuffix(beginning, ":") && strings.HasPrefix(key, beginning) {
					ofEpoch[beginning], known = true, true
				}
			}
			require.True(t, known, key)
		}
		return !slices.Contains(slices.Collect(maps.Values(ofEpoch)), false)
	}, 30*time.Second, 10*time.Millisecond, "%v", ofEpoch)
	conn.send(t, map[string]any{"type": "close", "room": room}) // until now it was there
}

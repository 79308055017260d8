package deploy_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"gorm.io/gorm"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit/servers"
)

// hardPassword has all that a URL, a shell and an option file could stumble over.
const hardPassword = `p"a%s\w'd #1;$(x)&/@:`

// depot is a host that runs the program on a MariaDB and a Redis, without compose.
type depot struct {
	t            *testing.T
	dir, program string
	key          string
	redis        *servers.Redis
	database     string // the URL, as whom the program logs in
	api          *servers.API
}

func newDepot(t *testing.T) *depot {
	d := &depot{t: t, dir: t.TempDir()}
	var err error
	d.program, err = servers.BuildAPI(t.Context(), d.dir)
	require.NoError(t, err)
	d.key, err = servers.WriteKey(d.dir)
	require.NoError(t, err)
	d.redis, d.database = newRedis(t), freshMariaDB(t)
	return d
}

func newRedis(t *testing.T) *servers.Redis {
	redis, err := servers.StartRedis(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, redis.Stop()) })
	return redis
}

// freshMariaDB starts a server with an empty database, and returns the URL of a user who may do everything there and nothing elsewhere.
func freshMariaDB(t *testing.T) string {
	server, err := servers.StartMariaDBInMemory(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	quoted := "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(hardPassword) + "'"
	for _, statement := range []string{
		"CREATE DATABASE emosation CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
		"CREATE USER emosation@localhost IDENTIFIED BY " + quoted,
		"GRANT ALL ON emosation.* TO emosation@localhost",
	} {
		require.NoError(t, server.Exec(t.Context(), statement))
	}
	u, err := url.Parse(server.URL("emosation"))
	require.NoError(t, err)
	u.User = url.UserPassword("emosation", hardPassword)
	return u.String()
}

func (d *depot) settings() []string {
	path := filepath.Join(d.dir, "database_url")
	require.NoError(d.t, os.WriteFile(path, []byte(d.database+"\n"), 0o600))
	return []string{
		"EMOSATION_DATABASE_URL_FILE=" + path, "EMOSATION_REDIS_URL=" + d.redis.URL(), "EMOSATION_JWT_KEY_FILE=" + d.key,
		"EMOSATION_RATE_LIMITS=off", "EMOSATION_PUBLIC_URL=http://chat.example.org", "EMOSATION_DATA_DIR=" + filepath.Join(d.dir, "data"),
	}
}

// run runs a script as an operator does, and returns what it says.
func (d *depot) run(script string, args ...string) (said string, err error) {
	cmd := exec.CommandContext(d.t.Context(), script, args...)
	cmd.Env = append(servers.Environ(), d.settings()...)
	out, err := cmd.CombinedOutput()
	require.NotContains(d.t, string(out), hardPassword)
	return strings.TrimSpace(string(out)), err
}

func (d *depot) start() {
	out, err := d.run(d.program, "migrate")
	require.NoError(d.t, err, out)
	d.api, err = servers.StartAPI(d.t.Context(), d.program, d.settings()...)
	require.NoError(d.t, err)
	api := d.api
	d.t.Cleanup(func() { require.NoError(d.t, api.Stop()) })
}

func (d *depot) stop() {
	require.NoError(d.t, d.api.Signal(syscall.SIGTERM))
	code, err := d.api.Wait(d.t.Context())
	require.NoError(d.t, err)
	require.Equal(d.t, "0", code, d.api.Log())
}

// backup returns the file of a new backup in a folder.
func (d *depot) backup(folder string) string {
	said, err := d.run("./backup.sh", "--dir", filepath.Join(d.dir, folder))
	require.NoError(d.t, err, said)
	return said
}

func (d *depot) restore(args ...string) {
	said, err := d.run("./restore.sh", append([]string{"--program", d.program}, args...)...)
	require.NoError(d.t, err, said)
}

// refuse wants a script to change nothing and to say why.
func (d *depot) refuse(why, script string, args ...string) {
	said, err := d.run(script, args...)
	require.Error(d.t, err)
	require.Contains(d.t, said, why)
}

// ask sends a request to the running program.
func (d *depot) ask(token, method, path string, in, out any) int {
	status, err := d.try(d.t.Context(), token, method, path, in, out)
	require.NoError(d.t, err)
	return status
}

func (d *depot) try(ctx context.Context, token, method, path string, in, out any) (int, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequestWithContext(ctx, method, d.api.URL+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && out != nil && answer.StatusCode < 300 {
		err = json.Unmarshal(text, out)
	}
	if answer.StatusCode >= 400 {
		d.t.Log(method, path, string(text))
	}
	return answer.StatusCode, err
}

// patron is somebody with an account.
type patron struct {
	id     int64
	email  string
	token  string
	cookie string
}

const patronsPassword = "correct horse battery"

func (d *depot) register(name string) *patron {
	v := &patron{email: name + "@example.org"}
	var made struct{ User struct{ ID int64 } }
	require.Equal(d.t, http.StatusCreated, d.ask("", http.MethodPost, "/auth/register", map[string]any{
		"email": v.email, "password": patronsPassword, "nickname": name, "emotionConsent": true}, &made))
	v.id = made.User.ID
	d.login(v)
	return v
}

func (d *depot) login(v *patron) {
	var tokens struct{ AccessToken, RefreshToken string }
	require.Equal(d.t, http.StatusOK, d.ask("", http.MethodPost, "/auth/login", map[string]any{
		"email": v.email, "password": patronsPassword, "tokenDelivery": "body"}, &tokens))
	v.token, v.cookie = tokens.AccessToken, tokens.RefreshToken
}

// open makes a room of everybody.
func (d *depot) open(host *patron, others ...*patron) (room int64) {
	var made struct{ ID int64 }
	require.Equal(d.t, http.StatusCreated, d.ask(host.token, http.MethodPost, "/rooms", map[string]any{"kind": "group", "title": "Room of " + host.email, "capacity": 10}, &made))
	for _, v := range others {
		require.Less(d.t, d.ask(v.token, http.MethodPost, fmt.Sprintf("/rooms/%d/members", made.ID), map[string]any{}, nil), 300)
	}
	return made.ID
}

func (d *depot) say(ctx context.Context, v *patron, room int64, body string) error {
	status, err := d.try(ctx, v.token, http.MethodPost, fmt.Sprintf("/rooms/%d/messages", room), map[string]any{"clientId": uuid.NewString(), "body": body}, nil)
	if err == nil && status != http.StatusCreated {
		err = fmt.Errorf("status %d", status)
	}
	return err
}

// talk lets people write until stop is called, which makes sure that nobody was refused.
func (d *depot) talk(room int64, people ...*patron) (stop func()) {
	ctx, cancel := context.WithCancel(d.t.Context())
	var talking sync.WaitGroup
	failures := make(chan error, len(people))
	for _, v := range people {
		talking.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				if err := d.say(context.WithoutCancel(ctx), v, room, fmt.Sprintf("오늘 진짜 기분 좋다 %d", n)); err != nil {
					failures <- err
					return
				}
			}
		})
	}
	return func() {
		cancel()
		talking.Wait()
		require.Empty(d.t, failures)
	}
}

// look lets a test look into the database, and leaves no connection there.
func (d *depot) look(at func(db *gorm.DB)) {
	db, err := storage.Open(d.t.Context(), d.database, zap.NewNop())
	require.NoError(d.t, err)
	at(db)
	require.NoError(d.t, storage.Close(db))
}

// count returns the only number that a statement gives.
func (d *depot) count(statement string) (n int64) {
	d.look(func(db *gorm.DB) { require.NoError(d.t, db.Raw(statement).Scan(&n).Error) })
	return n
}

// sums are the checksums of all tables.
func (d *depot) sums() map[string]int64 {
	sums := make(map[string]int64)
	d.look(func(db *gorm.DB) {
		tables, err := db.Migrator().GetTables()
		require.NoError(d.t, err)
		for _, table := range tables {
			var name string
			var sum int64
			require.NoError(d.t, db.Raw("CHECKSUM TABLE "+table).Row().Scan(&name, &sum))
			sums[table] = sum
		}
	})
	return sums
}

// stored is a message as SQL has it.
type stored struct {
	Seq, Rev int64
	Body     string
}

func (d *depot) rows(room int64) (rows []stored) {
	d.look(func(db *gorm.DB) {
		require.NoError(d.t, db.Raw("SELECT seq, rev, body FROM messages WHERE room_id = ? ORDER BY seq", room).Scan(&rows).Error)
	})
	return rows
}

func rowsOf(messages []openapi.Message) (rows []stored) {
	for _, m := range messages {
		rows = append(rows, stored{m.Seq, m.Rev, m.Body})
	}
	return rows
}

// latest are the last rows: as many as an answer has.
func latest(rows []stored, n int) []stored { return rows[max(0, len(rows)-n):] }

func (d *depot) page(v *patron, room int64, query string) (page openapi.MessagePage) {
	require.Equal(d.t, http.StatusOK, d.ask(v.token, http.MethodGet, fmt.Sprintf("/rooms/%d/messages%s", room, query), nil, &page))
	return page
}

// enter looks at a room over a new socket as a client does that knows something.
func (d *depot) enter(v *patron, room int64, known map[string]any) (entered openapi.EnteredEnvelope) {
	ctx, cancel := context.WithTimeout(d.t.Context(), 30*time.Second)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, d.api.URL+"/api/v1/ws", &websocket.DialOptions{
		Subprotocols: []string{"emosation.v1"}, HTTPHeader: http.Header{"Authorization": {"Bearer " + v.token}},
	})
	require.NoError(d.t, err)
	defer conn.CloseNow()
	conn.SetReadLimit(1 << 20)
	command := map[string]any{"type": "enter", "room": room}
	for name, value := range known {
		command[name] = value
	}
	text, err := json.Marshal(command)
	require.NoError(d.t, err)
	require.NoError(d.t, conn.Write(ctx, websocket.MessageText, text))
	for {
		_, frame, err := conn.Read(ctx)
		require.NoError(d.t, err)
		for line := range bytes.SplitSeq(frame, []byte("\n")) {
			require.NoError(d.t, json.Unmarshal(line, &entered))
			if entered.Type == openapi.EnteredEnvelopeTypeEntered {
				return entered
			}
		}
	}
}

func resets(entered openapi.EnteredEnvelope) bool { return entered.Reset != nil && *entered.Reset }

// changedTables are tables that a new epoch changes by itself.
func changedTables() []string { return []string{"epoch", "sessions", "links", "mails"} }

func TestARestoredDatabaseIsWhatWasBackedUpAndClientsForgetTheRest(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	d.start()
	minji, ben, ann := d.register("minji"), d.register("ben"), d.register("ann")
	room := d.open(minji, ben, ann)

	// Under load: what is in the backup is one moment of it, whole.
	stop := d.talk(room, minji, ben, ann)
	require.Eventually(t, func() bool { return d.page(minji, room, "?limit=1").LastSeq > 50 }, time.Minute, 10*time.Millisecond)
	atLeast := d.page(minji, room, "?limit=1").LastSeq
	moment := d.backup("moment")
	stop()
	after := d.rows(room)

	// At rest: every row of every table.
	d.stop()
	before := d.sums()
	backup := d.backup("rest")
	backedUp := d.rows(room)

	// The history goes on, and is lost.
	d.start()
	for n := range 5 {
		require.NoError(t, d.say(t.Context(), ben, room, fmt.Sprintf("after the backup %d", n)))
	}
	late := d.register("late")
	lateRoom := d.open(late)
	d.page(minji, room, "") // Redis has the latest messages now
	lost := d.enter(minji, room, map[string]any{"sinceRev": 0})
	require.False(t, resets(lost))
	require.NoError(t, d.say(t.Context(), minji, room, "acknowledged and lost"))
	d.refuse("stop the servers first", "./restore.sh", "--program", d.program, "--force", backup)
	d.stop()

	original := d.database
	d.database = freshMariaDB(t)
	d.restore("--keep-sessions", moment)
	restored := d.rows(room)
	require.GreaterOrEqual(t, int64(len(restored)), atLeast, "nothing is missing that was acknowledged before the backup began")
	require.Equal(t, after[:len(restored)], restored)
	require.Zero(t, d.count("SELECT COUNT(*) FROM rooms r WHERE last_seq <> (SELECT COUNT(*) FROM messages m WHERE m.room_id = r.id)"))
	require.Zero(t, d.count("SELECT COUNT(*) FROM rooms r WHERE last_rev <> (SELECT MAX(rev) FROM messages m WHERE m.room_id = r.id)"))

	d.refuse("is not empty", "./restore.sh", "--program", d.program, backup)
	d.database = freshMariaDB(t)
	d.restore(backup)
	now := d.sums()
	for _, table := range changedTables() {
		delete(before, table)
		delete(now, table)
	}
	require.Equal(t, before, now)
	require.Zero(t, d.count("SELECT COUNT(*) FROM sessions WHERE revoked_at IS NULL"))

	d.start() // with the Redis that has seen it all
	require.Equal(t, http.StatusUnauthorized, d.ask(minji.token, http.MethodGet, "/users/me", nil, nil), "a token outlives no restoration")
	require.Equal(t, http.StatusUnauthorized, d.ask("", http.MethodPost, "/auth/refresh", map[string]any{"refreshToken": minji.cookie}, nil))
	d.login(minji)
	d.forgets(minji, room, backedUp, lost)
	newcomer := d.register("newcomer")
	require.Greater(t, newcomer.id, late.id+1000, "no id means somebody else than before")
	require.Greater(t, d.open(newcomer), lateRoom+1000)

	d.stop()
	d.database = original
	killed := filepath.Join(d.dir, "killed")
	require.NoError(t, os.WriteFile(killed, []byte("#!/bin/sh\nif [ $1 = new-epoch ]; then kill -9 $PPID; exit; fi\nexec "+d.program+" \"$@\"\n"), 0o700))
	said, err := d.run("./restore.sh", "--program", killed, "--force", backup)
	require.Error(t, err, said)
	d.refuse("a backup is being restored into this database", d.program, "serve")
	d.restore("--force", backup)
	require.Equal(t, backedUp, d.rows(room), "also where another history was")
}

// forgets is about a client who knows more than the server: it ends with what SQL has, whatever it is told by which way.
func (d *depot) forgets(v *patron, room int64, rows []stored, lost openapi.EnteredEnvelope) {
	t := d.t
	require.Greater(t, lost.LastRev, int64(len(rows)))
	entered := d.enter(v, room, map[string]any{"sinceRev": lost.LastRev, "epoch": lost.Epoch})
	require.True(t, resets(entered))
	require.NotEqual(t, lost.Epoch, entered.Epoch)
	require.Equal(t, latest(rows, len(entered.Messages)), rowsOf(entered.Messages))
	require.Len(t, entered.Messages, min(200, len(rows)))
	require.Equal(t, len(rows) > 200, entered.HasMore)

	entered = d.enter(v, room, map[string]any{"sinceRev": lost.LastRev})
	require.True(t, resets(entered), "who does not know of epochs but knows too much")
	require.Equal(t, latest(rows, len(entered.Messages)), rowsOf(entered.Messages))
	entered = d.enter(v, room, map[string]any{"sinceRev": 1, "epoch": lost.Epoch})
	require.True(t, resets(entered), "who knows little, of another epoch")
	entered = d.enter(v, room, map[string]any{"sinceRev": entered.LastRev, "epoch": entered.Epoch})
	require.False(t, resets(entered), "who knows what the server knows")
	require.Empty(t, entered.Messages)
	require.False(t, resets(d.enter(v, room, nil)))

	// Before anybody asks for a page, the room comes as far as it was once: what Redis keeps of that time must not show.
	for range lost.LastRev - entered.LastRev + 2 {
		require.NoError(t, d.say(t.Context(), v, room, "another history"))
	}
	page := d.page(v, room, "?limit=200")
	require.Equal(t, entered.Epoch, page.Epoch)
	require.Equal(t, latest(d.rows(room), len(page.Items)), rowsOf(page.Items))
	beyond := d.page(v, room, fmt.Sprintf("?since_rev=%d", page.LastRev+1))
	require.Empty(t, beyond.Items)
	require.Equal(t, page.LastRev, beyond.LastRev, "which is less than what was asked for")
}

func TestABackupThatFailsLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	d := &depot{t: t, dir: t.TempDir(), database: freshMariaDB(t), redis: newRedis(t)}
	dir := filepath.Join(d.dir, "backups")
	good := d.database
	d.database = strings.Replace(good, "/emosation?", "/elsewhere?", 1)
	d.refuse("nothing was kept", "./backup.sh", "--dir", dir)
	d.database = "sqlite:///some/file.db"
	d.refuse("backup and restore commands", "./backup.sh", "--dir", dir)
	d.database = strings.Replace(good, "s.sock", "none.sock", 1)
	d.refuse("nothing was kept", "./backup.sh", "--dir", dir)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
	d.refuse("--keep must be a number", "./backup.sh", "--keep", "0")

	d.database = good
	d.look(func(db *gorm.DB) { require.NoError(t, db.Exec("CREATE TABLE something (id INT PRIMARY KEY)").Error) })
	file := d.backup("backups")
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	sum, err := os.ReadFile(file + ".sha256")
	require.NoError(t, err)
	d.database = freshMariaDB(t)
	for why, damage := range map[string]func(){
		"its checksum is another": func() {
			require.NoError(t, os.WriteFile(file, append(bytes.Clone(content[:len(content)/2]), content[len(content)/2+1:]...), 0o600))
		},
		"is not complete": func() {
			half := content[:len(content)/2]
			digest := sha256.Sum256(half)
			require.NoError(t, os.WriteFile(file, half, 0o600))
			require.NoError(t, os.WriteFile(file+".sha256", []byte(hex.EncodeToString(digest[:])+"  "+filepath.Base(file)+"\n"), 0o600))
		},
		"the checksum is missing": func() { require.NoError(t, os.Remove(file+".sha256")) },
	} {
		damage()
		d.refuse(why, "./restore.sh", "--program", "/bin/true", file)
		require.NoError(t, os.WriteFile(file, content, 0o600))
		require.NoError(t, os.WriteFile(file+".sha256", sum, 0o600))
	}
	require.Empty(t, d.sums(), "nothing was touched")
}

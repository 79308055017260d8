package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/testkit"
)

// outcome is what a finished command left behind.
type outcome struct {
	code     int
	out, err string
}

// cheap is no protection: tests make hundreds of people, and what a password costs is proven elsewhere.
var cheap = account.HashCost{Memory: 64, Time: 1, Threads: 1}

// command runs one command to its end.
func command(t *testing.T, in string, environ []string, args ...string) outcome {
	t.Helper()
	var out, complaints strings.Builder
	code := run(t.Context(), args, program{environ: environ, in: strings.NewReader(in), out: &out, err: &complaints, now: time.Now, hashCost: cheap})
	return outcome{code, out.String(), complaints.String()}
}

// embedded is an environment whose every trace goes with the test. More settings may follow it and win.
func embedded(t *testing.T) []string {
	return []string{"EMOSATION_DATA_DIR=" + filepath.Join(t.TempDir(), "data"), "EMOSATION_HTTP_ADDR=127.0.0.1:0", "EMOSATION_OPS_ADDR=127.0.0.1:0"}
}

// running is a server started by start.
type running struct {
	url, ops string
	stop     func() int // returns the exit code
	logged   lines      // since it listened
}

// start runs serve as main does and waits until it listens.
func start(t *testing.T, environ []string) running { return startAt(t, environ, time.Now) }

// startAt is start with a clock of the test's for the life of rooms.
func startAt(t *testing.T, environ []string, now func() time.Time) running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	said, logged := newLines(), newLines()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, nil, program{environ: environ, in: strings.NewReader(""), out: said, err: logged, now: now, hashCost: cheap})
	}()
	stop := func() int {
		cancel()
		code := <-ended
		ended <- code // for a second call
		return code
	}
	t.Cleanup(func() { stop() })
	r := running{stop: stop, logged: logged}
	r.url = said.wait(t, `Emosation is at (\S+)`, ended)
	r.ops = "http://" + logged.wait(t, `"listening".*"ops":"([^"]+)"`, ended)
	return r
}

// lines is a Writer whose text can be waited for.
type lines chan string

func newLines() lines { return make(lines, 1000) }

func (l lines) Write(p []byte) (int, error) {
	select {
	case l <- string(p):
	default: // nobody looks any more
	}
	return len(p), nil
}

// wait returns what the pattern's first group matched.
func (l lines) wait(t *testing.T, pattern string, ended chan int) string {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for seen := ""; ; {
		select {
		case text := <-l:
			seen += text
			if match := regexp.MustCompile(pattern).FindStringSubmatch(seen); match != nil {
				return match[1]
			}
		case code := <-ended:
			ended <- code
			t.Fatalf("serve ended with %d and said %q", code, seen)
		case <-deadline:
			t.Fatalf("%s did not come; it said %q", pattern, seen)
		}
	}
}

// rest returns what nobody has waited for.
func (l lines) rest() (text string) {
	for {
		select {
		case more := <-l:
			text += more
		default:
			return text
		}
	}
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(content)
}

// ready waits until a server takes its share of the work: it listens some moments before it knows the other nodes.
func ready(t *testing.T, server running) {
	t.Helper()
	require.Eventually(t, func() bool {
		status, _ := get(t, server.ops+"/readyz")
		return status == http.StatusOK
	}, 10*time.Second, 5*time.Millisecond)
}

func TestServeAnswersAndStopsGracefully(t *testing.T) {
	testkit.EachStack(t, func(t *testing.T, s testkit.Stack) {
		s1 := start(t, append(embedded(t), "EMOSATION_DATABASE_URL="+s.DatabaseURL, "EMOSATION_REDIS_URL="+s.RedisURL,
			"EMOSATION_JWT_KEY="+testKey(t)))
		ready(t, s1)
		_, body := get(t, s1.ops+"/readyz")
		require.JSONEq(t, `{"database":"ok","redis":"ok","serving":"ok"}`, body)

		status, _ := get(t, s1.url+"/api/v1/nothing")
		require.Equal(t, http.StatusNotFound, status)
		_, metrics := get(t, s1.ops+"/metrics")
		require.Contains(t, metrics, `emosation_http_requests_total{method="GET",route="`)

		require.Equal(t, exitOK, s1.stop())
		_, err := http.Get(s1.url)
		require.Error(t, err)
	})
}

func TestServeRefusesADatabaseServerThatIsNotMigrated(t *testing.T) {
	environ := append(embedded(t), "EMOSATION_DATABASE_URL="+testkit.EmptyMariaDBURL(t), "EMOSATION_JWT_KEY="+testKey(t))
	refused := command(t, "", environ, "serve")
	require.Equal(t, exitFailed, refused.code)
	require.Contains(t, refused.err, "run the migrate command")

	migrated := command(t, "", environ, "migrate")
	require.Equal(t, exitOK, migrated.code, migrated.err)
	require.Regexp(t, `^schema version [1-9]\d* \(was 0\)\n$`, migrated.out)
	require.Equal(t, exitOK, start(t, environ).stop())
}

func TestServeFailsWhenItsAddressIsTaken(t *testing.T) {
	first := start(t, embedded(t))
	second := command(t, "", append(embedded(t), "EMOSATION_HTTP_ADDR="+strings.TrimPrefix(first.url, "http://")))
	require.Equal(t, exitFailed, second.code)
	require.Contains(t, second.err, "address already in use")
}

func TestWrongSettingsEndEveryCommandWithAllMistakes(t *testing.T) {
	for _, name := range []string{"serve", "migrate", "check-config", "seed-demo", "healthcheck"} {
		got := command(t, "", []string{"EMOSATION_LOG_LEVEL=loud", "EMOSATION_DATABSE_URL=x", "EMOSATION_REDIS_URL=redis://:hunter2@"}, name)
		require.Equal(t, exitUsage, got.code, name)
		for _, want := range []string{"EMOSATION_LOG_LEVEL: ", "EMOSATION_DATABSE_URL: ", "EMOSATION_REDIS_URL: "} {
			require.Contains(t, got.err, want, name)
		}
		require.NotContains(t, got.err, "hunter2")
	}
}

func TestCheckConfigShowsTheSettingsWithoutSecrets(t *testing.T) {
	got := command(t, "", append(embedded(t), "EMOSATION_REDIS_URL=redis://:hunter2@cache:6379"), "check-config")
	require.Equal(t, exitOK, got.code, got.err)
	require.Contains(t, got.out, "EMOSATION_REDIS_URL=redis://:***@cache:6379\n")
	require.Contains(t, got.out, "EMOSATION_RATE_LIMITS=on\n")
	require.NotContains(t, got.out, "hunter2")
}

func TestHealthcheckAsksTheRunningServer(t *testing.T) {
	environ := append(embedded(t), "EMOSATION_OPS_ADDR=127.0.0.1:0")
	s := start(t, environ)
	environ = append(environ, "EMOSATION_OPS_ADDR="+strings.TrimPrefix(s.ops, "http://"))
	well := command(t, "", environ, "healthcheck")
	require.Equal(t, exitOK, well.code, well.err)

	ready(t, s)
	asked := command(t, "", environ, "healthcheck", "--ready")
	require.Equal(t, exitOK, asked.code, asked.err)

	s.stop()
	gone := command(t, "", environ, "healthcheck")
	require.Equal(t, exitFailed, gone.code)
	require.Contains(t, gone.err, "not well")
}

func TestAHealthyServerMayNotBeReady(t *testing.T) {
	ops := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/readyz" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(ops.Close)
	environ := append(embedded(t), "EMOSATION_OPS_ADDR="+strings.TrimPrefix(ops.URL, "http://"))
	require.Equal(t, exitOK, command(t, "", environ, "healthcheck").code)
	got := command(t, "", environ, "healthcheck", "--ready")
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.err, "/readyz answers 503")
	require.Equal(t, exitUsage, command(t, "", environ, "healthcheck", "--raedy").code)
}

func TestUnknownCommandsAndArgumentsAreAnsweredWithUsage(t *testing.T) {
	for _, args := range [][]string{{"srve"}, {"serve", "now"}, {"--verbose"}} {
		got := command(t, "", embedded(t), args...)
		require.Equal(t, exitUsage, got.code, args)
		require.Contains(t, got.err, "Usage: ")
	}
	help := command(t, "", nil, "--help")
	require.Equal(t, exitOK, help.code)
	require.Contains(t, help.out, "seed-demo")
}

func TestSeedDemoWantsForceForADatabaseServer(t *testing.T) {
	environ := append(embedded(t), "EMOSATION_DATABASE_URL=mysql://u:hunter2@db/x", "EMOSATION_JWT_KEY="+testKey(t))
	got := command(t, "", environ, "seed-demo")
	require.Equal(t, exitUsage, got.code)
	require.Contains(t, got.err, "--force")
	require.NotContains(t, got.err, "hunter2")
}

func TestReadPrintsOneObjectALine(t *testing.T) {
	got := command(t, "I am so happy for you!\n\n정말 화가 나\r\nno line break at the end", nil, "read")
	require.Equal(t, exitOK, got.code, got.err)
	objects := strings.Split(strings.TrimSuffix(got.out, "\n"), "\n")
	require.Len(t, objects, 4)
	for _, object := range objects {
		require.True(t, json.Valid([]byte(object)), object)
	}
	require.Contains(t, objects[0], `"label":"joy"`)
	require.Contains(t, objects[1], `"unclear":true`)
	require.Contains(t, objects[2], `"label":"anger"`)
}

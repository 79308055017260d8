package servers_test

import (
	"bufio"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/testkit/servers"
)

func socketOf(server *servers.Redis) string { return strings.TrimPrefix(server.URL(), "unix://") }

func TestStopEndsTheServerAndRemovesItsFolder(t *testing.T) {
	server, err := servers.StartRedis(t.Context())
	require.NoError(t, err)
	conn, err := net.Dial("unix", socketOf(server))
	require.NoError(t, err)
	require.NoError(t, conn.Close())
	require.Contains(t, server.Log(), "Server initialized")

	require.NoError(t, server.Stop())
	require.NoDirExists(t, filepath.Dir(socketOf(server)))
}

func TestAServerDoesNotOutliveAKilledProcess(t *testing.T) {
	const holder = "EMOSATION_TESTKIT_HOLDER" // makes the test binary start a server, say where, and hang
	if os.Getenv(holder) != "" {
		server, err := servers.StartRedis(t.Context())
		require.NoError(t, err)
		fmt.Println(server.URL())
		<-t.Context().Done()
		return
	}
	held := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	held.Env = append(os.Environ(), holder+"=1")
	out, err := held.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, held.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	dir := filepath.Dir(strings.TrimPrefix(strings.TrimSpace(line), "unix://"))
	require.DirExists(t, dir)

	require.NoError(t, held.Process.Kill())
	require.Error(t, held.Wait())
	require.Eventually(t, func() bool {
		_, err := os.Stat(dir)
		return os.IsNotExist(err)
	}, 10*time.Second, 10*time.Millisecond)
}

func TestAProgramThatEndsByItselfIsReportedWithItsLog(t *testing.T) {
	_, err := servers.StartAPI(t.Context(), "/bin/ls", "EMOSATION_X=1")
	require.ErrorContains(t, err, "it ended with 2")
	require.ErrorContains(t, err, "serve", "the log says what ls did not find")
}

func TestAKilledServerGoesOnWithWhatItHadCommitted(t *testing.T) {
	server, err := servers.StartMariaDB(t.Context(), "--innodb-flush-log-at-trx-commit=1")
	require.NoError(t, err)
	require.NoError(t, server.Exec(t.Context(), "CREATE DATABASE kept"))
	require.NoError(t, server.Exec(t.Context(), "CREATE TABLE kept.t (n INT PRIMARY KEY)"))
	require.NoError(t, server.Exec(t.Context(), "INSERT INTO kept.t VALUES (7)"))
	require.Error(t, server.Restart(t.Context()), "it runs")
	for range 2 {
		require.NoError(t, server.Kill(t.Context()))
		require.ErrorIs(t, server.Signal(syscall.SIGTERM), os.ErrProcessDone)
		require.Error(t, server.Exec(t.Context(), "SELECT 1"))
		require.NoError(t, server.Restart(t.Context()))
		require.ErrorContains(t, server.Exec(t.Context(), "INSERT INTO kept.t VALUES (7)"), "Duplicate entry")
	}
	url, err := url.Parse(server.URL("kept"))
	require.NoError(t, err)
	require.NoError(t, server.Stop())
	require.NoDirExists(t, filepath.Dir(url.Query().Get("socket")))
}

func TestAServerCanBeAskedToEndByItself(t *testing.T) {
	server, err := servers.StartRedis(t.Context())
	require.NoError(t, err)
	require.NoError(t, server.Signal(syscall.SIGTERM))
	code, err := server.Wait(t.Context())
	require.NoError(t, err)
	require.Equal(t, "0", code)
	require.NoError(t, server.Stop())
}

func TestAGivenServerIsUsedByItsURL(t *testing.T) {
	given, server := givenServer(t)
	require.NoError(t, server.Exec(t.Context(), "CREATE DATABASE theirs"))
	require.NoError(t, server.Script(t.Context(), "theirs", "CREATE TABLE t (n INT); INSERT INTO t VALUES (7);"))
	require.Equal(t, given+"/theirs", server.URL("theirs"))
}

func TestAWrongURLOfAServerIsRefusedWithoutItsPassword(t *testing.T) {
	for _, url := range []string{
		"mysql://root:hunter2@localhost", "mysql://root:hunter2@localhost:3306/emosation", "mysql://root:hunter2@localhost:3306?tls=true",
		"mariadb://root:hunter2@localhost:3306", "mysql://root:hunter2@localhost:many", "root:hunter2@tcp(localhost:3306)/",
	} {
		_, err := servers.GivenMariaDB(url)
		require.ErrorContains(t, err, "mysql://user:password@host:port", url)
		require.NotContains(t, err.Error(), "hunter2")
	}
}

// givenServer is a server with a network address and somebody who logs in with a password.
func givenServer(t *testing.T) (url string, server *servers.MariaDB) {
	t.Helper()
	addresses, err := servers.FreeAddresses(t.Context(), 1)
	require.NoError(t, err)
	_, port, _ := strings.Cut(addresses[0], ":")
	theirs, err := servers.StartMariaDB(t.Context(), "--skip-networking=0", "--bind-address=127.0.0.1", "--port="+port)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, theirs.Stop()) })
	require.NoError(t, theirs.Exec(t.Context(), "GRANT ALL ON *.* TO tester@127.0.0.1 IDENTIFIED BY 'hunter/2'"))
	url = "mysql://tester:hunter%2F2@" + addresses[0]
	server, err = servers.GivenMariaDB(url)
	require.NoError(t, err)
	return url, server
}

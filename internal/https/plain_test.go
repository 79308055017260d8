package https_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/https"
)

// serve answers until the test ends.
func serve(t *testing.T, s https.Settings) *https.Front {
	t.Helper()
	front, err := https.Listen(t.Context(), s, http.NotFoundHandler(), prometheus.NewRegistry(), time.Now, zap.NewNop())
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- front.Serve() }()
	t.Cleanup(func() {
		require.NoError(t, front.Shutdown(context.Background()))
		require.NoError(t, <-served)
	})
	return front
}

// say sends the head of a request as it stands and returns the answer.
func say(t *testing.T, address, head string) *http.Response {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	_, err = io.WriteString(conn, head+"\r\nConnection: close\r\n\r\n")
	require.NoError(t, err)
	answer, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: http.MethodHead})
	require.NoError(t, err)
	return answer
}

func TestPlainHTTPLeadsToThePublicAddressAndNowhereElse(t *testing.T) {
	front := serve(t, https.Settings{Addr: "127.0.0.1:0", RedirectAddr: "127.0.0.1:0", PublicURL: "https://chat.example.org"})
	const evil = "\r\nHost: evil.example"
	for request, want := range map[string]struct {
		status int
		path   string
	}{
		"GET / HTTP/1.1" + evil:                                        {301, "/"},
		"HEAD /rooms/7 HTTP/1.1" + evil:                                {301, "/rooms/7"},
		"GET /a%2Fb%20c?q=%2F%3F&q=2 HTTP/1.1" + evil:                  {301, "/a%2Fb%20c?q=%2F%3F&q=2"},
		"GET /.well-known/acme-challenge/x HTTP/1.1" + evil:            {301, "/.well-known/acme-challenge/x"},
		"GET //evil.example/ HTTP/1.1" + evil:                          {301, "//evil.example/"},
		"GET http://evil.example/x HTTP/1.1" + evil:                    {301, "/x"},
		"GET http://evil.example HTTP/1.1" + evil:                      {301, "/"},
		"GET /%0d%0aSet-Cookie:x=1 HTTP/1.1" + evil:                    {301, "/%0d%0aSet-Cookie:x=1"},
		"POST /api/v1/auth/login HTTP/1.1\r\nContent-Length: 0" + evil: {308, "/api/v1/auth/login"},
		"DELETE /api/v1/rooms/7 HTTP/1.1" + evil:                       {308, "/api/v1/rooms/7"},
		"CONNECT evil.example:443 HTTP/1.1" + evil:                     {308, "/"},
		"GET * HTTP/1.1" + evil:                                        {301, "/"},
		"GET /old HTTP/1.0":                                            {301, "/old"},
		"OPTIONS /api/v1/rooms HTTP/1.1" + evil:                        {308, "/api/v1/rooms"},
	} {
		t.Run(fmt.Sprintf("%.40q", request), func(t *testing.T) {
			answer := say(t, front.RedirectAddr(), request)
			require.Equal(t, want.status, answer.StatusCode)
			require.Equal(t, "https://chat.example.org"+want.path, answer.Header.Get("Location"))
			require.Empty(t, answer.Header.Get("Strict-Transport-Security"), "it means nothing there")
			require.Empty(t, answer.Header.Get("Set-Cookie"))
		})
	}
}

func TestWithoutACertificateThePublicIsAnsweredInPlainHTTP(t *testing.T) {
	front := serve(t, https.Settings{Addr: "127.0.0.1:0", PublicURL: "https://chat.example.org"})
	require.Empty(t, front.RedirectAddr())
	answer := say(t, front.Addr().String(), "GET / HTTP/1.1\r\nHost: chat.example.org")
	require.Equal(t, http.StatusNotFound, answer.StatusCode)
	require.Empty(t, answer.Header.Get("Strict-Transport-Security"), "the proxy says so, who ends TLS")
}

func TestAnAddressThatIsTakenLeavesTheOtherFree(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { taken.Close() })
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	free.Close()
	s := https.Settings{Addr: free.Addr().String(), RedirectAddr: taken.Addr().String(), PublicURL: "https://chat.example.org"}
	_, err = https.Listen(t.Context(), s, http.NotFoundHandler(), prometheus.NewRegistry(), time.Now, zap.NewNop())
	require.ErrorContains(t, err, "address already in use")
	again, err := net.Listen("tcp", free.Addr().String())
	require.NoError(t, err)
	again.Close()
}

func TestHeadersWithoutEndAreNotReadOnEitherPort(t *testing.T) {
	front := serve(t, https.Settings{Addr: "127.0.0.1:0", RedirectAddr: "127.0.0.1:0", PublicURL: "https://chat.example.org"})
	for _, address := range []string{front.Addr().String(), front.RedirectAddr()} {
		answer := say(t, address, "GET / HTTP/1.1\r\nHost: chat.example.org\r\nX-Long: "+strings.Repeat("a", 40<<10))
		require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, answer.StatusCode, address)
	}
}

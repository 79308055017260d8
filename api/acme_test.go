package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/letsencrypt/challtestsrv"
	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/testkit/servers"
)

// certified is the host of these tests. The CA finds it on this machine.
const certified = "chat.example.org"

// authority is Pebble, the test server of Let's Encrypt, which checks who owns a host by asking it.
type authority struct {
	*httptest.Server
	roots *x509.CertPool // for what it issues
	trust string         // a file for those who ask it
}

// startAuthority makes a CA that looks for plain HTTP and TLS where the host is said to answer.
func startAuthority(t *testing.T, plain, encrypted string) authority {
	t.Helper()
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	resolver, err := servers.FreeAddresses(t.Context(), 1)
	require.NoError(t, err)
	log := zap.NewStdLog(zap.NewNop())
	names, err := challtestsrv.New(challtestsrv.Config{Log: log, DNSAddrs: resolver})
	require.NoError(t, err)
	names.SetDefaultDNSIPv4("127.0.0.1")
	names.SetDefaultDNSIPv6("")
	go names.Run()
	t.Cleanup(names.Shutdown)

	store := db.NewMemoryStore()
	issuer := ca.New(log, store, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {}})
	validator := va.New(log, portOf(t, plain), portOf(t, encrypted), true, resolver[0], store)
	front := wfe.New(log, store, validator, issuer, []string{"ca.example.org"}, true, false, 1, 1)
	a := authority{httptest.NewTLSServer(front.Handler()), x509.NewCertPool(), filepath.Join(t.TempDir(), "ca.pem")}
	t.Cleanup(a.Close)
	own := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Certificate().Raw})
	require.NoError(t, os.WriteFile(a.trust, own, 0o600))
	require.True(t, a.roots.AppendCertsFromPEM(issuer.GetRootCert(0).PEM()))
	return a
}

func portOf(t *testing.T, address string) int {
	t.Helper()
	_, text, err := net.SplitHostPort(address)
	require.NoError(t, err)
	port, err := strconv.Atoi(text)
	require.NoError(t, err)
	return port
}

// settings are those of a server that has its certificate issued, whose operator trusts a CA that few know.
func (a authority) settings(site string, more ...string) []string {
	return append([]string{"SSL_CERT_FILE=" + a.trust, "EMOSATION_HTTP_ADDR=" + site, "EMOSATION_PUBLIC_URL=https://" + certified,
		"EMOSATION_ACME_HOSTS=" + certified, "EMOSATION_ACME_EMAIL=admin@example.org", "EMOSATION_ACME_DIRECTORY=" + a.URL + wfe.DirectoryPath}, more...)
}

// visit asks the host by its name, which leads to address, and returns the certificate that it has shown.
func (a authority) visit(t *testing.T, address string) *x509.Certificate {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: a.roots}, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
	defer transport.CloseIdleConnections()
	answer, err := (&http.Client{Transport: transport}).Get("https://" + certified + "/.well-known/jwks.json")
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.NotEmpty(t, answer.Header.Get(strictTransport))
	return answer.TLS.PeerCertificates[0]
}

// awaitCertificate waits until the server has one, for which nobody has to ask.
func awaitCertificate(t *testing.T, server *servers.API) {
	t.Helper()
	require.Eventually(t, func() bool {
		_, metrics := get(t, server.OpsURL+"/metrics")
		return strings.Contains(metrics, "\nemosation_tls_certificate_expiry_seconds ")
	}, 60*time.Second, 50*time.Millisecond, "%s", server.Log())
}

func TestCertificatesAreIssued(t *testing.T) {
	binary, err := servers.BuildAPI(t.Context(), t.TempDir())
	require.NoError(t, err)
	serve := func(t *testing.T, settings []string) *servers.API {
		server, err := servers.StartAPI(t.Context(), binary, settings...)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, server.Stop()) })
		return server
	}
	t.Run("to who answers over TLS", func(t *testing.T) {
		addresses, err := servers.FreeAddresses(t.Context(), 2)
		require.NoError(t, err)
		site, nowhere := addresses[0], addresses[1]
		a := startAuthority(t, nowhere, site)
		data := t.TempDir()
		server := serve(t, a.settings(site, "EMOSATION_DATA_DIR="+data))
		awaitCertificate(t, server)
		shown := a.visit(t, site)
		require.Equal(t, []string{certified}, shown.DNSNames)
		metrics := running{ops: server.OpsURL}
		require.Equal(t, shown.NotAfter.Unix(), metrics.gauge(t, "emosation_tls_certificate_expiry_seconds"))
		require.Zero(t, metrics.gauge(t, "emosation_tls_certificate_failures_total"))
		_, err = tls.Dial("tcp", site, &tls.Config{RootCAs: a.roots, ServerName: "other.example.org"})
		require.Error(t, err, "nothing is issued for names that strangers make up")
		info, err := os.Stat(filepath.Join(data, "acme", certified))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode())

		a.Close()
		require.NoError(t, server.Kill(t.Context()))
		require.NoError(t, server.Restart(t.Context()))
		awaitCertificate(t, server)
		require.True(t, a.visit(t, site).Equal(shown), "it was kept")
	})
	t.Run("to nobody whom the CA does not find, and the log says why", func(t *testing.T) {
		addresses, err := servers.FreeAddresses(t.Context(), 3)
		require.NoError(t, err)
		site, plain, nowhere := addresses[0], addresses[1], addresses[2]
		a := startAuthority(t, nowhere, nowhere)
		server := serve(t, a.settings(site, "EMOSATION_REDIRECT_ADDR="+plain))
		require.Eventually(t, func() bool { return strings.Contains(server.Log(), "no certificate was issued") }, 60*time.Second, 50*time.Millisecond, "%s", server.Log())
		require.Regexp(t, `"refusals":\["http-01: connection: .+","tls-alpn-01: \w+: .+"\]`, server.Log())
	})
	t.Run("to who answers over plain HTTP, where the redirect is", func(t *testing.T) {
		addresses, err := servers.FreeAddresses(t.Context(), 3)
		require.NoError(t, err)
		site, plain, nowhere := addresses[0], addresses[1], addresses[2]
		a := startAuthority(t, plain, nowhere)
		awaitCertificate(t, serve(t, a.settings(site, "EMOSATION_REDIRECT_ADDR="+plain)))
		a.visit(t, site)

		client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		for path, want := range map[string]int{"/rooms/7": http.StatusMovedPermanently, "/.well-known/acme-challenge/x": http.StatusForbidden, "/.well-known/acme-challenge/": http.StatusMovedPermanently} {
			answer, err := client.Get("http://" + plain + path) // by another name, whose challenges are none of its business
			require.NoError(t, err)
			require.NoError(t, answer.Body.Close())
			require.Equal(t, want, answer.StatusCode, path)
		}
	})
}

func TestWithoutItsCATheServerSaysSo(t *testing.T) {
	gone := httptest.NewTLSServer(nil)
	gone.Close()
	server := start(t, append(embedded(t), "EMOSATION_PUBLIC_URL=https://"+certified, "EMOSATION_ACME_HOSTS="+certified, "EMOSATION_ACME_DIRECTORY="+gone.URL))
	require.Eventually(t, func() bool { return server.gauge(t, "emosation_tls_certificate_failures_total") == 1 }, 30*time.Second, 20*time.Millisecond)
	require.Contains(t, server.logged.rest(), "no certificate was issued")
	require.Equal(t, exitOK, server.stop())
}

package https

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

func TestASilentCAKeepsNobodyFromStopping(t *testing.T) {
	asked := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
	}))
	t.Cleanup(silent.Close)
	m, err := newMeter(prometheus.NewRegistry())
	require.NoError(t, err)
	a, err := newAuthority(ACME{Hosts: []string{"chat.example.org"}, Directory: silent.URL, Cache: t.TempDir()}, m, time.Now, zap.NewNop())
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.run(ctx) }()
	<-asked
	stop()
	require.NoError(t, <-ended)
	require.Zero(t, testutil.ToFloat64(m.failures), "it was us")
}

// office is a CA that answers everything alike, without a network.
type office func(*http.Request) (status int, body string)

// RoundTrip implements http.RoundTripper.
func (o office) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := o(r)
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/problem+json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

func TestVisitorsDoNotMakeUsAskTheCA(t *testing.T) {
	m, err := newMeter(prometheus.NewRegistry())
	require.NoError(t, err)
	a, err := newAuthority(ACME{Hosts: []string{"chat.example.org"}, Cache: t.TempDir()}, m, time.Now, zap.NewNop())
	require.NoError(t, err)
	a.line.next = office(func(*http.Request) (int, string) {
		t.Error("the CA was asked")
		return http.StatusForbidden, ""
	})
	for name, want := range map[string]string{
		"chat.example.org": "no certificate", "CHAT.example.org": "no certificate", "other.example.org": "not a host of this server", "": "not a host of this server",
	} {
		hello := helloOf(name)
		hello.SupportedProtos = []string{"h2", "http/1.1"}
		_, err := a.certificate(hello)
		require.ErrorContains(t, err, want, name)
	}
	_, err = a.certificate(&tls.ClientHelloInfo{ServerName: "chat.example.org", SupportedProtos: []string{"acme-tls/1"}})
	require.ErrorContains(t, err, "no token cert", "the CA itself may come, when it was asked")
}

func TestACertificateThatIsNotRenewedIsToldOfWithTheReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const host = "chat.example.org"
		cache := t.TempDir()
		old := issue(t, host, time.Now().Add(7*time.Hour)) // of a day: it should have been renewed an hour ago
		require.NoError(t, os.WriteFile(filepath.Join(cache, host), append(old.key, bytes.TrimSpace(old.cert)...), 0o600))

		m, err := newMeter(prometheus.NewRegistry())
		require.NoError(t, err)
		core, logged := observer.New(zap.InfoLevel)
		a, err := newAuthority(ACME{Hosts: []string{host}, Cache: cache}, m, time.Now, zap.New(core))
		require.NoError(t, err)
		a.line.next = office(func(*http.Request) (int, string) {
			return http.StatusForbidden, `{"type":"urn:ietf:params:acme:error:unauthorized","detail":"The account is closed."}`
		})
		ended := make(chan error, 1)
		ctx, stop := context.WithCancel(t.Context())
		go func() { ended <- a.run(ctx) }()
		synctest.Wait()
		shown, err := a.certificate(&tls.ClientHelloInfo{ServerName: host})
		require.NoError(t, err)
		require.True(t, shown.Leaf.NotAfter.Before(time.Now().Add(8*time.Hour)))
		require.Zero(t, testutil.ToFloat64(m.failures))

		<-time.After(3 * lookAgainEvery)
		synctest.Wait()
		failures := logged.FilterLevelExact(zapcore.ErrorLevel).All()
		require.NotEmpty(t, failures)
		require.Equal(t, len(failures), int(testutil.ToFloat64(m.failures)))
		require.Contains(t, failures[0].Message, "not renewed")
		require.Equal(t, []any{"unauthorized: The account is closed."}, failures[0].ContextMap()["refusals"])
		stop()
		require.NoError(t, <-ended)
	})
}

func TestARenewedCertificateIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const host = "chat.example.org"
		cache := t.TempDir()
		keep := func(c issued) {
			require.NoError(t, os.WriteFile(filepath.Join(cache, host), append(c.key, bytes.TrimSpace(c.cert)...), 0o600))
		}
		old, next := time.Now().Add(10*time.Hour), time.Now().Add(23*time.Hour)
		keep(issue(t, host, old)) // of a day: it is renewed when eight hours are left
		m, err := newMeter(prometheus.NewRegistry())
		require.NoError(t, err)
		a, err := newAuthority(ACME{Hosts: []string{host}, Cache: cache}, m, time.Now, zap.NewNop())
		require.NoError(t, err)
		ended := make(chan error, 1)
		ctx, stop := context.WithCancel(t.Context())
		go func() { ended <- a.run(ctx) }()
		shows := func(expires time.Time) {
			t.Helper()
			synctest.Wait()
			cert, err := a.certificate(&tls.ClientHelloInfo{ServerName: host})
			require.NoError(t, err)
			require.Equal(t, expires.Unix(), cert.Leaf.NotAfter.Unix())
			require.Equal(t, expires.Unix(), int64(testutil.ToFloat64(m.expiry)))
		}
		shows(old)
		keep(issue(t, host, next)) // as the manager does with what the CA has issued
		<-time.After(time.Hour)
		shows(old)
		<-time.After(3 * time.Hour)
		shows(next)
		require.Zero(t, testutil.ToFloat64(m.failures))
		stop()
		require.NoError(t, <-ended)
	})
}

func TestARenewalIsOverdueWhenAFifthOfItsTimeIsGone(t *testing.T) {
	now := time.Now()
	const day = 24 * time.Hour
	for life, want := range map[time.Duration]time.Duration{90 * day: 24 * day, 45 * day: 12 * day, 6 * day: 38*time.Hour + 24*time.Minute, 825 * day: 24 * day} {
		cert := &x509.Certificate{NotBefore: now.Add(-life), NotAfter: now}
		require.False(t, overdue(cert, now.Add(-want-time.Minute)), life)
		require.True(t, overdue(cert, now.Add(-want+time.Minute)), life)
	}
}

func TestTheCAsWordsAreKeptUntilItIssues(t *testing.T) {
	l := newLine()
	for _, answer := range []string{
		`{"identifier":{"type":"dns","value":"a.example"},"status":"invalid","challenges":[{"type":"http-01","error":{"type":"urn:ietf:params:acme:error:connection","detail":"Timeout"}},{"type":"dns-01"}]}`,
		`{"identifier":{"value":"b.example"},"challenges":[{"type":"tls-alpn-01","error":{"type":"urn:ietf:params:acme:error:tls","detail":"no"}}]}`,
		`{"type":"urn:ietf:params:acme:error:rateLimited","detail":"too many"}`, `{"type":"urn:ietf:params:acme:error:badNonce","detail":"again"}`,
		`{"newOrder":"https://ca.example/order"}`, "-----BEGIN CERTIFICATE-----", "",
	} {
		l.note([]byte(answer))
	}
	require.Equal(t, []string{"http-01: connection: Timeout", "rateLimited: too many"}, l.refusals("a.example"))
	l.forget("a.example")
	require.Empty(t, l.refusals("a.example"))
	require.Equal(t, []string{"tls-alpn-01: tls: no"}, l.refusals("b.example"))
}

func TestCertificatesThatCannotBeKeptAreNotAskedFor(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := Listen(t.Context(), Settings{Addr: "127.0.0.1:0", ACME: ACME{Hosts: []string{"chat.example.org"}, Cache: filepath.Join(file, "acme")}},
		http.NotFoundHandler(), prometheus.NewRegistry(), time.Now, zap.NewNop())
	require.ErrorContains(t, err, "certificates of the CA cannot be kept")
}

func TestWhatIsNoChallengeIsRedirected(t *testing.T) {
	cache := t.TempDir()
	m, err := newMeter(prometheus.NewRegistry())
	require.NoError(t, err)
	a, err := newAuthority(ACME{Hosts: []string{"chat.example.org"}, Cache: cache}, m, time.Now, zap.NewNop())
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(cache, "known+http-01"), []byte("known.proof"), 0o600))
	handler := a.challenges(redirect("https://chat.example.org"))
	const path = "/.well-known/acme-challenge/"
	for name, want := range map[string]int{
		"known": http.StatusOK, "unknown": http.StatusNotFound,
		strings.Repeat("a", 300): http.StatusMovedPermanently, "": http.StatusMovedPermanently, "%00": http.StatusMovedPermanently, "a/b": http.StatusMovedPermanently,
		"../acme_account+key": http.StatusMovedPermanently,
	} {
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "http://chat.example.org"+path+name, nil))
		require.Equal(t, want, answer.Code, name)
		require.NotContains(t, answer.Body.String(), cache, "of no interest to strangers")
		if want == http.StatusOK {
			require.Equal(t, "known.proof", answer.Body.String())
		}
	}
}

package doctor

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"net/url"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheAddressOfADeployment(t *testing.T) {
	for text, want := range map[string]string{
		"https://chat.example.org": "https://chat.example.org", "https://chat.example.org/": "https://chat.example.org",
		"HTTPS://Chat.Example.org": "https://chat.example.org", "https://chat.example.org:443": "https://chat.example.org", "http://chat.lan:80/": "http://chat.lan",
		"https://chat.lan:8443": "https://chat.lan:8443", "http://chat.lan:443": "http://chat.lan:443", "https://[fd00::5]:443": "https://[fd00::5]",
		"https://xn--9t4b11yi5a.kr": "https://xn--9t4b11yi5a.kr",
	} {
		base, err := parse(text)
		require.NoError(t, err, text)
		require.Equal(t, want, base.String())
	}
	for _, text := range []string{
		"", "chat.example.org", "https//chat.example.org", "https:/chat.example.org", "https://", "https://:8443", "ftp://chat.example.org",
		"https://chat.example.org/rooms", "https://chat.example.org?", "https://chat.example.org#top", "https://chat.example.org?a=b", "https://chat.example.org:port",
		"https://테스트.kr", "https://me:hunter2@chat.example.org", "https://me:hunter2@chat example.org",
	} {
		_, err := parse(text)
		require.ErrorIs(t, err, ErrURL, text)
		require.NotContains(t, err.Error(), "hunter2")
	}
}

// made is a certificate for chat.example.org that vouches for itself.
func made(t *testing.T, from, until time.Time) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"chat.example.org"}, NotBefore: from, NotAfter: until, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return certificate
}

func TestACertificateThatIsRenewedInTimeIsFineHoweverShortItsLife(t *testing.T) {
	now := time.Now()
	const day = 24 * time.Hour
	for _, c := range []struct {
		life, left time.Duration
		want       Status
	}{
		{90 * day, 15 * day, OK}, {90 * day, 13 * day, Warn}, {45 * day, 12 * day, OK}, {45 * day, 10 * day, Warn}, {6 * day, 2 * day, OK}, {6 * day, day, Warn},
	} {
		t.Run(fmt.Sprint(c.life/day, c.left/day), func(t *testing.T) {
			own := made(t, now.Add(c.left-c.life), now.Add(c.left))
			roots := x509.NewCertPool()
			roots.AddCert(own)
			x := &examination{Options: Options{Roots: roots, Now: func() time.Time { return now }}, base: &url.URL{Scheme: "https", Host: "chat.example.org"}}
			x.judge([]*x509.Certificate{own})
			require.Equal(t, c.want, x.report.Results[0].Status, x.report.Results[0].Found)
		})
	}
}

func TestAMachineWithoutIPv6SaysNothingAgainstADeployment(t *testing.T) {
	four, six := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	away := fmt.Errorf("dial: %w", syscall.ENETUNREACH)
	refused := errors.New("connection refused")
	for name, c := range map[string]struct {
		failures []error
		reached  bool
		want     map[string]Status
	}{
		"both answer":            {[]error{nil, nil}, true, map[string]Status{"connection": OK}},
		"no way to one":          {[]error{nil, away}, true, map[string]Status{"connection": OK, "other addresses": Skip}},
		"one is closed":          {[]error{nil, refused}, true, map[string]Status{"connection": Warn}},
		"one closed, one no way": {[]error{refused, away}, false, map[string]Status{"connection": Fail}},
		"no way to any":          {[]error{away, away}, false, map[string]Status{"connection": Fail}},
	} {
		t.Run(name, func(t *testing.T) {
			x := &examination{base: &url.URL{Scheme: "https", Host: "chat.example.org"}, addresses: []netip.Addr{four, six}}
			require.Equal(t, c.reached, x.connected(c.failures))
			found := map[string]Status{}
			for _, r := range x.report.Results {
				found[r.Check] = r.Status
			}
			require.Equal(t, c.want, found)
		})
	}
}

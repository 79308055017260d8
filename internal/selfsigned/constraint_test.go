package selfsigned

import (
	"crypto/x509"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The key of a CA is forgotten. Here somebody has kept it.
func TestWhoTrustsACATrustsNoOtherServers(t *testing.T) {
	now := time.Now()
	for _, c := range []struct{ mine, foreign string }{
		{"chat.lan", "bank.example"}, {"chat.lan", "10.0.0.9"}, {"chat.lan", "fd00::9"},
		{"10.0.0.5", "bank.example"}, {"10.0.0.5", "10.0.0.9"}, {"fd00::5", "fd00::9"},
	} {
		names, addresses, err := parse([]string{c.mine})
		require.NoError(t, err)
		ca, caKey, err := newCA(&x509.Certificate{NotBefore: now, NotAfter: now.Add(time.Hour)}, names, addresses)
		require.NoError(t, err)
		roots := x509.NewCertPool()
		roots.AddCert(ca)
		verify := func(host string) error {
			names, addresses, err := parse([]string{host})
			require.NoError(t, err)
			server, _, err := issue(&x509.Certificate{NotBefore: now, NotAfter: now.Add(time.Hour), DNSNames: names, IPAddresses: addresses}, ca, caKey)
			require.NoError(t, err)
			_, err = server.Verify(x509.VerifyOptions{DNSName: host, Roots: roots, CurrentTime: now})
			return err
		}
		require.NoError(t, verify(c.mine))
		var invalid x509.CertificateInvalidError
		require.ErrorAs(t, verify(c.foreign), &invalid, "%s for %s", c.foreign, c.mine)
		require.Equal(t, x509.CANotAuthorizedForThisName, invalid.Reason)
	}
}

package selfsigned_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/selfsigned"
)

func TestACertificateIsGoodForItsNamesAlone(t *testing.T) {
	now := time.Now()
	for name, c := range map[string]struct{ hosts, others []string }{
		"names and addresses": {[]string{"nas", "chat.lan", "192.168.1.20", "fd00::20"}, []string{"lan", "other.lan", "192.168.1.21", "fd00::21", "localhost"}},
		"a name":              {[]string{"chat.lan"}, []string{"www.other.example", "127.0.0.1", "::1"}},
		"a long name":         {[]string{strings.Repeat("a", 60) + ".chat.lan"}, []string{"chat.lan"}},
		"an address":          {[]string{"10.0.0.5"}, []string{"10.0.0.6", "chat.lan", "::1"}},
	} {
		t.Run(name, func(t *testing.T) {
			made, err := selfsigned.New(c.hosts, now)
			require.NoError(t, err)
			roots := x509.NewCertPool()
			roots.AddCert(made.CA)
			for _, host := range c.hosts {
				_, err := made.Server.Verify(x509.VerifyOptions{DNSName: host, Roots: roots, CurrentTime: now})
				require.NoError(t, err, host)
			}
			for _, host := range c.others {
				_, err := made.Server.Verify(x509.VerifyOptions{DNSName: host, Roots: roots, CurrentTime: now})
				require.Error(t, err, host)
			}
			require.Equal(t, elliptic.P256(), made.Server.PublicKey.(*ecdsa.PublicKey).Curve)
			for _, cert := range []*x509.Certificate{made.Server, made.CA} {
				require.LessOrEqual(t, cert.NotAfter.Add(time.Second).Sub(cert.NotBefore), 825*24*time.Hour)
				require.True(t, cert.NotBefore.Before(now))
				require.LessOrEqual(t, len(cert.Subject.CommonName), 64, "ub-common-name of RFC 5280")
			}
			require.NotEqual(t, made.CA.SerialNumber, made.Server.SerialNumber)
			require.True(t, made.CA.IsCA)
			require.False(t, made.Server.IsCA)
		})
	}
}

func TestFilesAreWrittenOnceAndTheKeyForItsOwnerOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made")
	made, err := selfsigned.New([]string{"chat.lan"}, time.Now())
	require.NoError(t, err)
	require.NoError(t, made.Write(dir))
	_, err = tls.LoadX509KeyPair(filepath.Join(dir, selfsigned.CertFile), filepath.Join(dir, selfsigned.KeyFile))
	require.NoError(t, err)
	info, err := os.Stat(filepath.Join(dir, selfsigned.KeyFile))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())

	for _, keep := range []string{selfsigned.KeyFile, selfsigned.CertFile, selfsigned.CAFile} {
		before, err := os.ReadFile(filepath.Join(dir, keep))
		require.NoError(t, err)
		other := filepath.Join(t.TempDir(), "other")
		require.NoError(t, os.Mkdir(other, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(other, keep), before, 0o600))
		require.ErrorContains(t, made.Write(other), keep+" exists and is not replaced")
		after, err := os.ReadFile(filepath.Join(other, keep))
		require.NoError(t, err)
		require.Equal(t, before, after)
		left, err := os.ReadDir(other)
		require.NoError(t, err)
		require.Len(t, left, 1, "nothing half done is left")
	}
}

func TestWhatIsNoNameAndNoAddressIsReported(t *testing.T) {
	_, err := selfsigned.New(nil, time.Now())
	require.ErrorContains(t, err, "a name or an IP address is needed")
	_, err = selfsigned.New([]string{"https://chat.lan", "chat.lan", "chat.lan:8443"}, time.Now())
	require.ErrorContains(t, err, `"https://chat.lan" is not the name of a host`)
	require.ErrorContains(t, err, `"chat.lan:8443" is not`)
}

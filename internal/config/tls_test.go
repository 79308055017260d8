package config_test

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/config"
	"github.com/emosation/emosation/internal/selfsigned"
)

// certificates are those of a chat server and of another, with their keys.
type certificates struct{ cert, key, other, text string }

func newCertificates(t *testing.T) certificates {
	t.Helper()
	var dirs [2]string
	for i := range dirs {
		dirs[i] = t.TempDir()
		made, err := selfsigned.New([]string{"chat.example.org"}, time.Now())
		require.NoError(t, err)
		require.NoError(t, made.Write(dirs[i]))
	}
	text := filepath.Join(dirs[0], "notes.txt")
	require.NoError(t, os.WriteFile(text, []byte("a text"), 0o600))
	return certificates{filepath.Join(dirs[0], selfsigned.CertFile), filepath.Join(dirs[0], selfsigned.KeyFile), filepath.Join(dirs[1], selfsigned.KeyFile), text}
}

func (c certificates) settings(more ...string) []string {
	return append([]string{"EMOSATION_TLS_CERT=" + c.cert, "EMOSATION_TLS_KEY=" + c.key, "EMOSATION_PUBLIC_URL=https://chat.example.org"}, more...)
}

// issued is a complete environment with certificates of a CA, and more settings that win.
func issued(more ...string) []string {
	return append([]string{"EMOSATION_ACME_HOSTS=chat.example.org,www.example.org", "EMOSATION_PUBLIC_URL=https://chat.example.org"}, more...)
}

func TestCertificatesAreConfigured(t *testing.T) {
	files := newCertificates(t)
	c, err := config.Load(files.settings("EMOSATION_REDIRECT_ADDR=:80", "EMOSATION_HTTP_ADDR=127.0.0.1:0"))
	require.NoError(t, err)
	front := c.Front()
	require.Equal(t, files.cert, front.CertFile)
	require.Equal(t, files.key, front.KeyFile)
	require.Equal(t, ":80", front.RedirectAddr)
	require.Empty(t, front.ACME.Hosts)
	require.Equal(t, "https://127.0.0.1:8443", c.HTTPURL(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8443}))

	c, err = config.Load(issued("EMOSATION_ACME_EMAIL=admin@example.org", "EMOSATION_ACME_DIRECTORY=https://ca.example.org/directory", "EMOSATION_DATA_DIR=/var/lib/emosation"))
	require.NoError(t, err)
	front = c.Front()
	require.Equal(t, []string{"chat.example.org", "www.example.org"}, front.ACME.Hosts)
	require.Equal(t, "admin@example.org", front.ACME.Email)
	require.Equal(t, "https://ca.example.org/directory", front.ACME.Directory)
	require.Equal(t, "/var/lib/emosation/acme", front.ACME.Cache)

	_, err = config.Load([]string{"EMOSATION_PUBLIC_URL=https://chat.example.org", "EMOSATION_REDIRECT_ADDR=:8081"})
	require.NoError(t, err, "somebody else may end TLS")
}

func TestProxiesAreNetworksOrAddresses(t *testing.T) {
	c, err := config.Load([]string{"EMOSATION_TRUSTED_PROXIES=10.213.77.9/24, 192.0.2.1 fd00::/8 "})
	require.NoError(t, err)
	require.Contains(t, c.String(), "EMOSATION_TRUSTED_PROXIES=10.213.77.0/24,192.0.2.1/32,fd00::/8\n")
	trusted := func(address string) bool { return c.TrustedProxies.Contain(netip.MustParseAddr(address)) }
	for _, in := range []string{"10.213.77.1", "192.0.2.1", "fd12::1"} {
		require.True(t, trusted(in), in)
	}
	for _, out := range []string{"10.213.78.1", "192.0.2.2", "fe80::1"} {
		require.False(t, trusted(out), out)
	}
}

func TestMistakesAboutTLSAreNamedAllAtOnce(t *testing.T) {
	files := newCertificates(t)
	for name, c := range map[string]struct {
		environ []string
		want    []string // one part of each line, in order
	}{
		"a certificate alone":     {[]string{"EMOSATION_TLS_CERT=" + files.cert}, []string{"EMOSATION_TLS_KEY: is needed", "EMOSATION_PUBLIC_URL: must begin with https://"}},
		"a key alone":             {[]string{"EMOSATION_TLS_KEY=" + files.key, "EMOSATION_PUBLIC_URL=https://chat.example.org"}, []string{"EMOSATION_TLS_CERT: is needed"}},
		"no such files":           {[]string{"EMOSATION_TLS_CERT=/nowhere/c", "EMOSATION_TLS_KEY=/nowhere/k", "EMOSATION_PUBLIC_URL=https://a.example"}, []string{"EMOSATION_TLS_CERT: open", "EMOSATION_TLS_KEY: open"}},
		"no certificate":          {files.settings("EMOSATION_TLS_CERT=" + files.text), []string{"EMOSATION_TLS_CERT: holds no certificate"}},
		"another's key":           {files.settings("EMOSATION_TLS_KEY=" + files.other), []string{"EMOSATION_TLS_KEY: "}},
		"plain public address":    {files.settings("EMOSATION_PUBLIC_URL=http://chat.example.org"), []string{"EMOSATION_PUBLIC_URL: must begin with https://"}},
		"a redirect to plain":     {[]string{"EMOSATION_REDIRECT_ADDR=:80"}, []string{"EMOSATION_PUBLIC_URL: must begin with https:// where plain HTTP is redirected"}},
		"a redirect to itself":    {files.settings("EMOSATION_REDIRECT_ADDR=127.0.0.1:8080"), []string{"EMOSATION_REDIRECT_ADDR: must differ"}},
		"a redirect on the ops'":  {files.settings("EMOSATION_REDIRECT_ADDR=127.0.0.1:9090"), []string{"EMOSATION_REDIRECT_ADDR: must differ"}},
		"a redirect from nowhere": {files.settings("EMOSATION_REDIRECT_ADDR=80"), []string{"EMOSATION_REDIRECT_ADDR: "}},
		"files and a CA":          {append(files.settings(), "EMOSATION_ACME_HOSTS=chat.example.org"), []string{"EMOSATION_ACME_HOSTS: excludes"}},
		"a CA for others":         {issued("EMOSATION_ACME_HOSTS=www.example.org"), []string{"EMOSATION_ACME_HOSTS: must contain the host of EMOSATION_PUBLIC_URL"}},
		"a CA for all":            {issued("EMOSATION_ACME_HOSTS=chat.example.org,*.example.org"), []string{`EMOSATION_ACME_HOSTS: "*.example.org"`}},
		"a CA for an address":     {issued("EMOSATION_ACME_HOSTS=chat.example.org,192.0.2.1,localhost"), []string{`EMOSATION_ACME_HOSTS: "192.0.2.1"`, `EMOSATION_ACME_HOSTS: "localhost"`}},
		"a CA on a plain line":    {issued("EMOSATION_ACME_DIRECTORY=http://ca.example.org"), []string{"EMOSATION_ACME_DIRECTORY: is not the https:// address"}},
		"a CA nowhere":            {issued("EMOSATION_ACME_DIRECTORY=letsencrypt"), []string{"EMOSATION_ACME_DIRECTORY: is not the https:// address"}},
		"a CA that tells nobody":  {issued("EMOSATION_ACME_EMAIL=admin"), []string{"EMOSATION_ACME_EMAIL: is not an e-mail"}},
		"a CA for nothing":        {[]string{"EMOSATION_ACME_EMAIL=a@example.org", "EMOSATION_ACME_DIRECTORY=https://ca.example.org"}, []string{"EMOSATION_ACME_EMAIL: does nothing", "EMOSATION_ACME_DIRECTORY: does nothing"}},
		"all at once": {[]string{"EMOSATION_TLS_KEY=" + files.text, "EMOSATION_TLS_CERT=" + files.text, "EMOSATION_ACME_HOSTS=*", "EMOSATION_REDIRECT_ADDR=x", "EMOSATION_TRUSTED_PROXIES=me"},
			[]string{"EMOSATION_TRUSTED_PROXIES", "EMOSATION_TLS_CERT", "EMOSATION_TLS_KEY", "EMOSATION_ACME_HOSTS: excludes", `EMOSATION_ACME_HOSTS: "*"`, "EMOSATION_PUBLIC_URL", "EMOSATION_REDIRECT_ADDR"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := config.Load(c.environ)
			require.Error(t, err)
			lines := strings.Split(err.Error(), "\n")
			require.Len(t, lines, len(c.want), err.Error())
			for i, want := range c.want {
				require.Contains(t, lines[i], want)
			}
		})
	}
}

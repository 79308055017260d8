package config

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/emosation/emosation/internal/https"
)

// Networks are ranges of IP addresses.
type Networks struct{ prefixes []netip.Prefix }

// Contain tells whether an address is in one of them.
func (n Networks) Contain(address netip.Addr) bool {
	return slices.ContainsFunc(n.prefixes, func(p netip.Prefix) bool { return p.Contains(address) })
}

// String returns the ranges separated by commas.
func (n Networks) String() string {
	texts := make([]string, len(n.prefixes))
	for i, p := range n.prefixes {
		texts[i] = p.String()
	}
	return strings.Join(texts, ",")
}

// UnmarshalText takes ranges and single addresses separated by commas or spaces, and reports all that are neither in one line.
func (n *Networks) UnmarshalText(text []byte) error {
	var wrong []string
	for part := range strings.FieldsFuncSeq(string(text), func(r rune) bool { return r == ',' || r == ' ' }) {
		prefix, err := netip.ParsePrefix(part)
		if ip, single := netip.ParseAddr(part); single == nil && ip.Zone() == "" {
			prefix, err = netip.PrefixFrom(ip, ip.BitLen()), nil
		}
		switch {
		case err != nil || prefix.Addr().Is4In6():
			wrong = append(wrong, fmt.Sprintf("%q is not a range of addresses such as 10.0.0.0/8 or fd00::/8", part))
		case prefix.Bits() == 0:
			wrong = append(wrong, fmt.Sprintf("%q would let anybody say who they are", part))
		default:
			n.prefixes = append(n.prefixes, prefix.Masked())
		}
	}
	if wrong != nil {
		return errors.New(strings.Join(wrong, "; "))
	}
	return nil
}

// Front is how the public is answered.
func (c Config) Front() https.Settings {
	return https.Settings{
		Addr: c.HTTPAddr, RedirectAddr: c.RedirectAddr, PublicURL: c.PublicURL, CertFile: c.TLSCert, KeyFile: c.TLSKey,
		ACME: https.ACME{Hosts: c.ACMEHosts, Email: c.ACMEEmail, Directory: c.ACMEDirectory, Cache: filepath.Join(c.DataDir, "acme")},
	}
}

// endsTLS tells whether this program answers over TLS itself, as opposed to a proxy before it.
func (c Config) endsTLS() bool { return c.TLSCert != "" || c.TLSKey != "" || len(c.ACMEHosts) > 0 }

// checkTLS reports what answering over TLS lacks.
func (c Config) checkTLS(found func(name string, err error)) {
	c.checkFiles(found)
	c.checkACME(found)
	switch encrypted := strings.HasPrefix(c.PublicURL, "https://"); {
	case encrypted:
	case c.endsTLS():
		found("PUBLIC_URL", errors.New("must begin with https:// where this program answers over TLS"))
	case c.RedirectAddr != "":
		found("PUBLIC_URL", errors.New("must begin with https:// where plain HTTP is redirected to it"))
	}
	if c.RedirectAddr == "" {
		return
	}
	found("REDIRECT_ADDR", checkAddress(c.RedirectAddr))
	if !strings.HasSuffix(c.RedirectAddr, ":0") && (c.RedirectAddr == c.HTTPAddr || c.RedirectAddr == c.OpsAddr) {
		found("REDIRECT_ADDR", errors.New("must differ from "+prefix+"HTTP_ADDR and "+prefix+"OPS_ADDR"))
	}
}

func (c Config) checkFiles(found func(name string, err error)) {
	switch {
	case c.TLSCert != "" && c.TLSKey != "":
		certErr, keyErr := https.CheckFiles(c.TLSCert, c.TLSKey)
		found("TLS_CERT", certErr)
		found("TLS_KEY", keyErr)
	case c.TLSCert != "":
		found("TLS_KEY", errors.New("is needed with "+prefix+"TLS_CERT"))
	case c.TLSKey != "":
		found("TLS_CERT", errors.New("is needed with "+prefix+"TLS_KEY"))
	}
}

func (c Config) checkACME(found func(name string, err error)) {
	if len(c.ACMEHosts) == 0 {
		if c.ACMEEmail != "" {
			found("ACME_EMAIL", errors.New("does nothing without "+prefix+"ACME_HOSTS"))
		}
		if c.ACMEDirectory != "" {
			found("ACME_DIRECTORY", errors.New("does nothing without "+prefix+"ACME_HOSTS"))
		}
		return
	}
	if c.TLSCert != "" || c.TLSKey != "" {
		found("ACME_HOSTS", errors.New("excludes "+prefix+"TLS_CERT and "+prefix+"TLS_KEY; set only one of the two ways"))
	}
	for _, host := range c.ACMEHosts {
		found("ACME_HOSTS", checkACMEHost(host))
	}
	if u, err := url.Parse(c.PublicURL); err == nil && u.Scheme == "https" && !slices.Contains(c.ACMEHosts, u.Hostname()) {
		found("ACME_HOSTS", errors.New("must contain the host of "+prefix+"PUBLIC_URL"))
	}
	if c.ACMEEmail != "" {
		if address, err := mail.ParseAddress(c.ACMEEmail); err != nil || address.Address != c.ACMEEmail {
			found("ACME_EMAIL", errors.New("is not an e-mail address"))
		}
	}
	found("ACME_DIRECTORY", checkDirectory(c.ACMEDirectory))
}

// checkACMEHost wants what a CA issues certificates for on the word of one server.
func checkACMEHost(host string) error {
	if net.ParseIP(host) != nil || !strings.Contains(host, ".") {
		return fmt.Errorf("%q is not a full name such as chat.example.org", host)
	}
	return https.CheckHostName(host)
}

// checkDirectory wants TLS, so that nobody between us and the CA reads along.
func checkDirectory(directory string) error {
	u, err := url.Parse(directory)
	if directory != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil) {
		return errors.New("is not the https:// address of the directory of a CA")
	}
	return nil
}

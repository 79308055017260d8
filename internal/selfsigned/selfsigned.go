// Package selfsigned makes certificates for networks that no public CA reaches.
package selfsigned

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/emosation/emosation/internal/https"
)

const (
	// lifetime is the longest that every browser and phone accepts of a CA that its owner has added.
	lifetime = 825*24*time.Hour - time.Second
	// clockSkew is how far behind the clocks of devices may be.
	clockSkew = time.Hour
)

// Names of the files that Write makes.
const (
	CertFile = "tls-cert.pem"
	KeyFile  = "tls-key.pem"
	CAFile   = "tls-ca.pem"
)

// Certificate is one for a server, and the CA that has signed it and nothing else. Phones take no certificate of a server
// to be trusted, only one of a CA; the key of this one is forgotten as soon as it has signed, and it is good for the names
// of the server alone, so that whoever trusts it trusts nobody more.
type Certificate struct {
	Server, CA *x509.Certificate
	key        *ecdsa.PrivateKey
}

// New makes a certificate for names and IP addresses, of which there must be at least one.
func New(hosts []string, now time.Time) (Certificate, error) {
	names, addresses, err := parse(hosts)
	if err != nil {
		return Certificate{}, err
	}
	from := now.Add(-clockSkew).UTC().Truncate(time.Second)
	ca, caKey, err := newCA(&x509.Certificate{
		Subject: subject("Emosation at " + hosts[0]), NotBefore: from, NotAfter: from.Add(lifetime),
	}, names, addresses)
	if err != nil {
		return Certificate{}, err
	}
	server, key, err := issue(&x509.Certificate{
		Subject: subject(hosts[0]), NotBefore: from, NotAfter: from.Add(lifetime), DNSNames: names, IPAddresses: addresses,
	}, ca, caKey)
	return Certificate{Server: server, CA: ca, key: key}, err
}

// subject is what people see. It may have 64 letters at most; what counts are the names, which are elsewhere.
func subject(name string) pkix.Name { return pkix.Name{CommonName: name[:min(len(name), 64)]} }

// parse tells names from addresses, and reports all that are neither.
func parse(hosts []string) (names []string, addresses []net.IP, err error) {
	if len(hosts) == 0 {
		return nil, nil, errors.New("a name or an IP address is needed: what people type to reach the server")
	}
	var mistakes []error
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			addresses = append(addresses, ip)
			continue
		}
		names = append(names, host)
		mistakes = append(mistakes, https.CheckHostName(host))
	}
	return names, addresses, errors.Join(mistakes...)
}

// newCA makes a CA that is good for these alone. A kind of which nothing is listed would be good for anything, so that where
// there are no names one is listed that nobody can have, and where there are no addresses all are excluded.
func newCA(ca *x509.Certificate, names []string, addresses []net.IP) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	ca.BasicConstraintsValid, ca.IsCA, ca.MaxPathLenZero, ca.KeyUsage = true, true, true, x509.KeyUsageCertSign
	ca.PermittedDNSDomainsCritical = true
	ca.PermittedDNSDomains = names
	if len(names) == 0 {
		ca.PermittedDNSDomains = []string{"invalid"}
	}
	for _, ip := range addresses {
		if short := ip.To4(); short != nil {
			ip = short
		}
		ca.PermittedIPRanges = append(ca.PermittedIPRanges, &net.IPNet{IP: ip, Mask: net.CIDRMask(8*len(ip), 8*len(ip))})
	}
	if len(addresses) == 0 {
		ca.ExcludedIPRanges = []*net.IPNet{{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)}, {IP: net.IPv6zero, Mask: net.CIDRMask(0, 128)}}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	made, err := sign(ca, ca, key, key)
	return made, key, err
}

// issue makes the certificate of a server.
func issue(server, ca *x509.Certificate, caKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	server.BasicConstraintsValid, server.KeyUsage = true, x509.KeyUsageDigitalSignature
	server.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	made, err := sign(server, ca, key, caKey)
	return made, key, err
}

// sign returns the certificate as those who read it will see it.
func sign(template, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey) // with a random serial number
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// Write puts the certificate, its key and the CA into a folder, which it makes. It replaces no file: somebody may have put
// their trust in it.
func (c Certificate) Write(dir string) (err error) {
	key, err := x509.MarshalPKCS8PrivateKey(c.key)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	var made []string
	defer func() {
		if err == nil {
			return
		}
		for _, path := range made { // all of them or none
			err = errors.Join(err, os.Remove(path))
		}
	}()
	for _, file := range []struct {
		name, kind string
		content    []byte
		mode       os.FileMode
	}{
		{KeyFile, "PRIVATE KEY", key, 0o600}, {CertFile, "CERTIFICATE", c.Server.Raw, 0o644}, {CAFile, "CERTIFICATE", c.CA.Raw, 0o644},
	} {
		path := filepath.Join(dir, file.name)
		out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, file.mode)
		if errors.Is(err, os.ErrExist) {
			return fmt.Errorf("%s exists and is not replaced; move it away first", path)
		}
		if err != nil {
			return err
		}
		made = append(made, path)
		err = errors.Join(pem.Encode(out, &pem.Block{Type: file.kind, Bytes: file.content}), out.Sync(), out.Close())
		if err != nil {
			return err
		}
	}
	return nil
}

// Fingerprint is the SHA-256 of a certificate as browsers and phones show it.
func Fingerprint(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	return strings.ReplaceAll(fmt.Sprintf("% X", sum[:]), " ", ":")
}

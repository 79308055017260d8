package config

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// pemType is the header of a PKCS #8 private key.
const pemType = "PRIVATE KEY"

// SigningKey returns the key that access tokens are signed with. With an embedded database and no key set, it is
// made once and kept in DataDir/jwt.pem, so that a restart signs nobody out.
func (c Config) SigningKey() (ed25519.PrivateKey, error) {
	if text := c.JWTKey.Reveal(); text != "" {
		return parseKey([]byte(text))
	}
	path := filepath.Join(c.DataDir, "jwt.pem")
	content, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		if err := createKey(path); err != nil {
			return nil, fmt.Errorf("make the signing key: %w", err)
		}
		content, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the signing key: %w", err)
	}
	key, err := parseKey(content)
	if err != nil {
		return nil, fmt.Errorf("%s %w", path, err)
	}
	return key, nil
}

// checkKey reports a key that cannot be used, or one that is missing where several nodes may have to share it.
func (c Config) checkKey() error {
	if c.JWTKey.Reveal() == "" {
		if c.EmbeddedDatabase() {
			return nil
		}
		return errors.New("is needed with a database server; make one: openssl genpkey -algorithm ed25519")
	}
	_, err := parseKey([]byte(c.JWTKey.Reveal()))
	return err
}

func parseKey(text []byte) (ed25519.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != pemType {
		return nil, errors.New("is not a PEM block of type PRIVATE KEY (PKCS #8)")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("is not a PKCS #8 private key")
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("is a %T; it must be an Ed25519 key", parsed)
	}
	return key, nil
}

// createKey writes a new key that only we may read. Of several processes that do so at once, one key stays: a link
// cannot replace a file, and a file appears under its name only when it is whole.
func createKey(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	draft, err := os.CreateTemp(dir, "jwt-*.pem") // made with 0600
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	err = errors.Join(pem.Encode(draft, &pem.Block{Type: pemType, Bytes: der}), draft.Sync(), draft.Close())
	if err != nil {
		return err
	}
	if err := os.Link(draft.Name(), path); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}

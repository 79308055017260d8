package auth

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
)

// Key signs access tokens. Nodes that share a database share the key.
type Key struct {
	private jwk.Key
	set     jwk.Set // the public half
}

// PublicKey is the public half of a Key in the terms of RFC 7517.
type PublicKey struct {
	KeyType   string
	ID        string
	Algorithm string
	Use       string
	Curve     string
	X         string
}

const pemType = "PRIVATE KEY" // PKCS #8

// NewKey makes a key and returns it as PEM, for keeping in a secret place and for ParseKey.
func NewKey() ([]byte, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: der}), nil
}

// ParseKey reads an Ed25519 private key in PKCS #8 PEM, as NewKey or `openssl genpkey -algorithm ed25519` write it.
// Its errors do not repeat any part of the key.
func ParseKey(text []byte) (Key, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != pemType {
		return Key{}, errors.New("not a PEM block of type " + pemType)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return Key{}, errors.New("not a PKCS #8 private key")
	}
	private, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return Key{}, fmt.Errorf("a key for Ed25519 is needed, this is a %T", parsed)
	}
	return newKey(private)
}

func newKey(private ed25519.PrivateKey) (Key, error) {
	key, err := jwk.FromRaw(private)
	if err != nil {
		return Key{}, err
	}
	thumbprint, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return Key{}, err
	}
	err = errors.Join(
		key.Set(jwk.KeyIDKey, base64.RawURLEncoding.EncodeToString(thumbprint)),
		key.Set(jwk.AlgorithmKey, jwa.EdDSA), // so that a token cannot choose another
		key.Set(jwk.KeyUsageKey, jwk.ForSignature),
	)
	if err != nil {
		return Key{}, err
	}
	set := jwk.NewSet()
	public, err := key.PublicKey()
	if err != nil {
		return Key{}, err
	}
	return Key{private: key, set: set}, set.AddKey(public)
}

func (k Key) public() PublicKey {
	public, _ := k.set.Key(0) // newKey put it there
	x := public.(jwk.OKPPublicKey).X()
	return PublicKey{
		KeyType:   public.KeyType().String(),
		ID:        public.KeyID(),
		Algorithm: public.Algorithm().String(),
		Use:       public.KeyUsage(),
		Curve:     jwa.Ed25519.String(),
		X:         base64.RawURLEncoding.EncodeToString(x),
	}
}

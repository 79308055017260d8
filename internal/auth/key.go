package auth

import (
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"errors"

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

// NewKey takes the key that the configuration holds. Its id is its thumbprint (RFC 7638), so that it follows the key.
func NewKey(private ed25519.PrivateKey) (Key, error) {
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
	public, _ := k.set.Key(0) // NewKey put it there
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

package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"
	"github.com/lestrrat-go/jwx/v2/jwt"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/memo"
)

const (
	audience     = "emosation"
	sessionClaim = "sid"
	leeway       = 5 * time.Second // what the clocks of two nodes may differ
	maxBearer    = 4096            // bytes; ours have about 350
)

// accessTokens issues and verifies JWTs. They are only ever signed with EdDSA by our own key.
type accessTokens struct {
	issuer   string
	key      Key
	now      func() time.Time
	verified *memo.Memo[[sha256.Size]byte, verified]
}

// verified is what a token was found to say, and when it says so whatever the clocks of other nodes show.
type verified struct {
	principal  Principal
	from, till time.Time
}

// maxVerified is how many tokens a node remembers: those of about as many people who are active at a time.
const maxVerified = 20_000

func newAccessTokens(issuer string, key Key, now func() time.Time) accessTokens {
	return accessTokens{issuer: issuer, key: key, now: now, verified: memo.New[[sha256.Size]byte, verified](maxVerified)}
}

func (a accessTokens) issue(p Principal) (string, error) {
	now := a.now()
	token, err := jwt.NewBuilder().
		Issuer(a.issuer).
		Audience([]string{audience}).
		Subject(strconv.FormatInt(int64(p.User), 10)).
		Claim(sessionClaim, strconv.FormatInt(int64(p.Session), 10)).
		IssuedAt(now).
		Expiration(now.Add(accessTTL)).
		Build()
	if err != nil {
		return "", fmt.Errorf("access token: %w", err)
	}
	signed, err := jwt.Sign(token, jwt.WithKey(jwa.EdDSA, a.key.private)) // takes the kid from the key
	if err != nil {
		return "", fmt.Errorf("access token: %w", err)
	}
	return string(signed), nil
}

// verify returns whom a token speaks for, or ErrUnauthenticated. Why it was refused helps only an attacker. A signature stays right:
// a token that was found good is known again by its digest until it expires, and no longer.
func (a accessTokens) verify(bearer string) (Principal, error) {
	if len(bearer) > maxBearer || strings.Count(bearer, ".") != 2 { // the library also reads the JSON form
		return Principal{}, ErrUnauthenticated
	}
	digest := sha256.Sum256([]byte(bearer))
	if known, ok := a.verified.Get(digest); ok {
		if now := a.now(); !now.Before(known.from) && now.Before(known.till) {
			return known.principal, nil
		}
	}
	found, err := a.read(bearer)
	if err == nil {
		a.verified.Put(digest, found, 1)
	}
	return found.principal, err
}

func (a accessTokens) read(bearer string) (verified, error) {
	token, err := jwt.ParseString(bearer,
		jwt.WithKeySet(a.key.set, jws.WithRequireKid(true), jws.WithInferAlgorithmFromKey(false)),
		jwt.WithIssuer(a.issuer),
		jwt.WithAudience(audience),
		jwt.WithRequiredClaim(jwt.ExpirationKey),
		jwt.WithClock(jwt.ClockFunc(a.now)),
		jwt.WithAcceptableSkew(leeway),
	)
	if err != nil {
		return verified{}, ErrUnauthenticated
	}
	sid, _ := token.Get(sessionClaim)
	p, err := parsePrincipal(token.Subject(), fmt.Sprint(sid))
	if err != nil {
		return verified{}, err
	}
	from := token.IssuedAt()
	if token.NotBefore().After(from) {
		from = token.NotBefore()
	}
	return verified{principal: p, from: from, till: token.Expiration()}, nil
}

// parsePrincipal reads the two numbers of a principal, or returns ErrUnauthenticated.
func parsePrincipal(user, session string) (Principal, error) {
	u, userErr := strconv.ParseInt(user, 10, 64)
	id, sessionErr := strconv.ParseInt(session, 10, 64)
	if userErr != nil || sessionErr != nil || u <= 0 || id <= 0 {
		return Principal{}, ErrUnauthenticated
	}
	return Principal{User: account.ID(u), Session: SessionID(id)}, nil
}

// ParseBearer returns the token of an Authorization header, and whether the header has the form of RFC 6750.
func ParseBearer(header string) (token string, ok bool) {
	scheme, token, _ := strings.Cut(header, " ")
	token = strings.TrimLeft(token, " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return "", false
	}
	for i := range len(token) {
		c := token[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && strings.IndexByte("-._~+/=", c) < 0 {
			return "", false
		}
	}
	return token, true
}

// newSecret returns 256 random bits as text that fits a header, a cookie and a subprotocol.
func newSecret() string {
	secret := make([]byte, 32)
	rand.Read(secret)
	return base64.RawURLEncoding.EncodeToString(secret)
}

// digest is what is kept of a secret. The secret is random, so it needs no salt and no slow hash.
func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

package auth_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/testkit"
)

// forge signs claims with any key and any header, as an attacker would.
func forge(t testing.TB, alg jwa.SignatureAlgorithm, key any, header, claims map[string]any) string {
	t.Helper()
	payload, err := json.Marshal(claims)
	require.NoError(t, err)
	h := jws.NewHeaders()
	for name, value := range header {
		require.NoError(t, h.Set(name, value))
	}
	token, err := jws.Sign(payload, jws.WithKey(alg, key, jws.WithProtectedHeaders(h)))
	require.NoError(t, err)
	return string(token)
}

func part(t testing.TB, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	return base64.RawURLEncoding.EncodeToString(text)
}

func TestOnlyOurOwnAccessTokensSpeakForSomebody(t *testing.T) {
	key, private := newKey(t)
	_, foreign := newKey(t)
	w := newWorld(t, testkit.Stack{DB: testkit.SQLite(t), Redis: testkit.OpenRedis(t, "embedded")}, func(c *auth.Config) { c.Key = key })
	_, mine := w.login(t, "minji@example.org")

	kid := w.KeySet()[0].ID
	now := w.clock.Now()
	good := map[string]any{
		"iss": issuer, "aud": "emosation", "sub": strconv.Itoa(int(mine.User)), "sid": strconv.Itoa(int(mine.Session)),
		"iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
	}
	with := func(name string, value any) map[string]any {
		claims := maps.Clone(good)
		if claims[name] = value; value == nil {
			delete(claims, name)
		}
		return claims
	}
	ours := map[string]any{"kid": kid}
	sign := func(claims map[string]any) string { return forge(t, jwa.EdDSA, private, ours, claims) }
	public := []byte(private.Public().(ed25519.PublicKey))
	whole := sign(good)
	parts := strings.Split(whole, ".")

	p, err := w.Authenticate(t.Context(), whole)
	require.NoError(t, err, "the good one must be good, or this test proves nothing")
	require.Equal(t, mine, p)

	for name, token := range map[string]string{
		"empty":                     "",
		"no token":                  "abc",
		"three empty parts":         "..",
		"expired":                   sign(with("exp", now.Add(-6*time.Second).Unix())),
		"without end":               sign(with("exp", nil)),
		"from the future":           sign(with("iat", now.Add(time.Minute).Unix())),
		"not yet":                   sign(with("nbf", now.Add(time.Minute).Unix())),
		"another issuer":            sign(with("iss", "https://evil.example.org")),
		"no issuer":                 sign(with("iss", nil)),
		"another audience":          sign(with("aud", "other")),
		"no audience":               sign(with("aud", nil)),
		"no user":                   sign(with("sub", nil)),
		"strange user":              sign(with("sub", "1 OR 1=1")),
		"negative user":             sign(with("sub", "-1")),
		"no session":                sign(with("sid", nil)),
		"strange session":           sign(with("sid", map[string]any{"a": 1})),
		"another key":               forge(t, jwa.EdDSA, foreign, ours, good),
		"another kid":               forge(t, jwa.EdDSA, private, map[string]any{"kid": "other"}, good),
		"no kid":                    forge(t, jwa.EdDSA, private, nil, good),
		"HS256 with the public key": forge(t, jwa.HS256, public, ours, good),
		"HS256 with the key's text": forge(t, jwa.HS256, []byte(w.KeySet()[0].X), ours, good),
		"no algorithm":              part(t, map[string]any{"alg": "none", "kid": kid}) + "." + part(t, good) + ".",
		"no algorithm, signed":      part(t, map[string]any{"alg": "none", "kid": kid}) + "." + part(t, good) + "." + parts[2],
		"another payload":           parts[0] + "." + part(t, with("sub", "2")) + "." + parts[2],
		"no signature":              parts[0] + "." + parts[1] + ".",
		"one bit off":               whole[:len(whole)-3] + flip(whole[len(whole)-3:]),
		"JSON form":                 `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`,
		"key named in the header": forge(t, jwa.EdDSA, foreign, map[string]any{"kid": kid, "jku": "https://evil.example.org/jwks.json"},
			good),
		"too long": whole + strings.Repeat("A", 5000),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.Authenticate(t.Context(), token)
			require.Equal(t, auth.ErrUnauthenticated, err)
		})
	}
}

func TestATokenIsWorthNoMoreThanItsSession(t *testing.T) {
	key, private := newKey(t)
	w := newWorld(t, testkit.Stack{DB: testkit.SQLite(t), Redis: testkit.OpenRedis(t, "embedded")}, func(c *auth.Config) { c.Key = key })
	_, mine := w.login(t, "minji@example.org")
	_, theirs := w.login(t, "juno@example.org")
	for _, session := range []auth.SessionID{theirs.Session, 999} {
		token := forge(t, jwa.EdDSA, private, map[string]any{"kid": w.KeySet()[0].ID}, map[string]any{
			"iss": issuer, "aud": "emosation", "sub": strconv.Itoa(int(mine.User)), "sid": strconv.Itoa(int(session)),
			"exp": w.clock.Now().Add(time.Minute).Unix(),
		})
		_, err := w.Authenticate(t.Context(), token)
		require.ErrorIs(t, err, auth.ErrSessionEnded)
	}
}

func flip(s string) string {
	if s[0] == 'A' {
		return "B" + s[1:]
	}
	return "A" + s[1:]
}

func TestAnAccessTokenLastsFifteenMinutes(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		tokens, _ := w.login(t, "minji@example.org")
		w.clock.Advance(15 * time.Minute)
		_, err := w.Authenticate(t.Context(), tokens.Access)
		require.NoError(t, err, "the clocks of two nodes may differ a little")
		w.clock.Advance(6 * time.Second)
		_, err = w.Authenticate(t.Context(), tokens.Access)
		require.ErrorIs(t, err, auth.ErrUnauthenticated)
	})
}

func TestTheKeySetHoldsNoSecret(t *testing.T) {
	w := newWorld(t, testkit.Stack{DB: testkit.SQLite(t), Redis: testkit.OpenRedis(t, "embedded")})
	keys := w.KeySet()
	require.Len(t, keys, 1)
	k := keys[0]
	require.Equal(t, auth.PublicKey{KeyType: "OKP", ID: k.ID, Algorithm: "EdDSA", Use: "sig", Curve: "Ed25519", X: k.X}, k)
	raw, err := base64.RawURLEncoding.DecodeString(k.X)
	require.NoError(t, err)

	tokens, _ := w.login(t, "minji@example.org")
	_, err = jws.Verify([]byte(tokens.Access), jws.WithKey(jwa.EdDSA, ed25519.PublicKey(raw)))
	require.NoError(t, err, "anyone can verify a token with it")
	require.NotEqual(t, k.ID, newWorld(t, w.Stack).KeySet()[0].ID, "another key has another id")
}

func TestBearerHeaders(t *testing.T) {
	for header, want := range map[string]string{
		"Bearer abc.def-_~+/==": "abc.def-_~+/==",
		"bearer  abc":           "abc",
		"":                      "",
		"Bearer":                "",
		"Bearer ":               "",
		"abc":                   "",
		"Basic abc":             "",
		"Bearer abc def":        "",
		"Bearer abc,":           "",
		"Bearer {}":             "",
		"Bearer a\x00":          "",
	} {
		got, ok := auth.ParseBearer(header)
		require.Equal(t, want, got, "%q", header)
		require.Equal(t, want != "", ok, "%q", header)
	}
}

func FuzzAuthenticate(f *testing.F) {
	_, foreign := newKey(f)
	f.Add("Bearer " + forge(f, jwa.EdDSA, foreign, map[string]any{"kid": "k"}, map[string]any{"iss": issuer, "exp": 1 << 40}))
	f.Add("Bearer " + part(f, map[string]any{"alg": "none"}) + "." + part(f, map[string]any{"sub": "1", "sid": "1"}) + ".")
	f.Add("Bearer ..")
	f.Add("bearer eyJhbGciOiJFZERTQSJ9.e30.AA")
	key, _ := newKey(f)
	s := auth.NewService(nil, nil, nil, nil, time.Now, auth.Config{Issuer: issuer, Key: key})
	f.Fuzz(func(t *testing.T, header string) {
		token, ok := auth.ParseBearer(header)
		if !ok {
			return
		}
		if _, err := s.Authenticate(t.Context(), token); !errors.Is(err, auth.ErrUnauthenticated) { // without a database: nothing may get that far
			t.Fatal(err)
		}
	})
}

package auth_test

import (
	"maps"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/testkit"
	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/stretchr/testify/require"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestAnInviteTellsWhatItWasMadeFor(t *testing.T) {
	key, _ := newKey(t)
	for _, c := range []struct{ room, epoch, maker int64 }{{1, 0, 1}, {42, 7, 3}, {math.MaxInt64, math.MaxInt64, math.MaxInt64}} {
		token, err := key.SignInvite(c.room, c.epoch, c.maker, noon.Add(time.Hour))
		require.NoError(t, err)
		require.LessOrEqual(t, len(token), 400, "it travels in a link")
		room, epoch, maker, ok := key.ReadInvite(token, noon)
		require.True(t, ok)
		require.Equal(t, c.maker, maker)
		require.Equal(t, c.room, room)
		require.Equal(t, c.epoch, epoch)
	}
}

func TestAnInviteEndsOnTheSecond(t *testing.T) {
	key, _ := newKey(t)
	token, err := key.SignInvite(1, 0, 1, noon)
	require.NoError(t, err)
	for after, works := range map[time.Duration]bool{-time.Hour: true, -time.Millisecond: true, 0: false, time.Second: false} {
		_, _, _, ok := key.ReadInvite(token, noon.Add(after))
		require.Equal(t, works, ok, after)
	}
}

func TestOnlyOurOwnInvitesAreRead(t *testing.T) {
	key, private := newKey(t)
	other, foreign := newKey(t)
	kid := newWorld(t, testkit.Stack{DB: testkit.SQLite(t), Redis: testkit.OpenRedis(t, "embedded")}, func(c *auth.Config) { c.Key = key }).KeySet()[0].ID
	good := map[string]any{"aud": "emosation:invite", "sub": "42", "epoch": "7", "by": "3", "exp": noon.Add(time.Minute).Unix()}
	with := func(name string, value any) map[string]any {
		claims := maps.Clone(good)
		if claims[name] = value; value == nil {
			delete(claims, name)
		}
		return claims
	}
	ours := map[string]any{"kid": kid}
	sign := func(claims map[string]any) string { return forge(t, jwa.EdDSA, private, ours, claims) }
	whole := sign(good)
	parts := strings.Split(whole, ".")

	room, epoch, maker, ok := key.ReadInvite(whole, noon)
	require.Equal(t, []any{int64(42), int64(7), int64(3), true}, []any{room, epoch, maker, ok}, "the good one must be good, or this test proves nothing")

	for name, token := range map[string]string{
		"empty":             "",
		"three empty parts": "..",
		"expired":           sign(with("exp", noon.Unix())),
		"without end":       sign(with("exp", nil)),
		"not yet":           sign(with("nbf", noon.Add(time.Minute).Unix())),
		"another audience":  sign(with("aud", "emosation")),
		"no audience":       sign(with("aud", nil)),
		"no room":           sign(with("sub", nil)),
		"room zero":         sign(with("sub", "0")),
		"negative room":     sign(with("sub", "-1")),
		"strange room":      sign(with("sub", "42 OR 1=1")),
		"no epoch":          sign(with("epoch", nil)),
		"negative epoch":    sign(with("epoch", "-1")),
		"strange epoch":     sign(with("epoch", []any{7})),
		"no maker":          sign(with("by", nil)),
		"maker zero":        sign(with("by", "0")),
		"strange maker":     sign(with("by", "3 OR 1=1")),
		"another key":       forge(t, jwa.EdDSA, foreign, ours, good),
		"another kid":       forge(t, jwa.EdDSA, private, map[string]any{"kid": "other"}, good),
		"no kid":            forge(t, jwa.EdDSA, private, nil, good),
		"no algorithm":      part(t, map[string]any{"alg": "none", "kid": kid}) + "." + part(t, good) + ".",
		"another payload":   parts[0] + "." + part(t, with("sub", "43")) + "." + parts[2],
		"no signature":      parts[0] + "." + parts[1] + ".",
		"one bit off":       whole[:len(whole)-3] + flip(whole[len(whole)-3:]),
		"JSON form":         `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`,
		"too long":          whole + strings.Repeat("A", 600),
	} {
		_, _, _, ok := key.ReadInvite(token, noon)
		require.False(t, ok, name)
	}
	_, _, _, ok = other.ReadInvite(whole, noon)
	require.False(t, ok, "on an installation with another key")
}

func TestAnInviteSpeaksForNobodyAndAnAccessTokenInvitesNobody(t *testing.T) {
	key, private := newKey(t)
	w := newWorld(t, testkit.Stack{DB: testkit.SQLite(t), Redis: testkit.OpenRedis(t, "embedded")}, func(c *auth.Config) { c.Key = key })
	tokens, mine := w.login(t, "minji@example.org")

	_, _, _, ok := key.ReadInvite(tokens.Access, w.clock.Now())
	require.False(t, ok)

	invite, err := key.SignInvite(int64(mine.User), int64(mine.Session), int64(mine.User), w.clock.Now().Add(time.Hour))
	require.NoError(t, err)
	_, err = w.Authenticate(t.Context(), invite)
	require.ErrorIs(t, err, auth.ErrUnauthenticated)

	// Not even where everything else is as it must be: the audience alone tells them apart.
	claims := map[string]any{
		"iss": issuer, "sub": "1", "sid": "1", "epoch": "0", "by": "3", "exp": w.clock.Now().Add(time.Minute).Unix(), "aud": "emosation",
	}
	ours := map[string]any{"kid": w.KeySet()[0].ID}
	_, _, _, ok = key.ReadInvite(forge(t, jwa.EdDSA, private, ours, claims), w.clock.Now())
	require.False(t, ok)
	claims["aud"] = "emosation:invite"
	_, _, _, ok = key.ReadInvite(forge(t, jwa.EdDSA, private, ours, claims), w.clock.Now())
	require.True(t, ok)
	_, err = w.Authenticate(t.Context(), forge(t, jwa.EdDSA, private, ours, claims))
	require.ErrorIs(t, err, auth.ErrUnauthenticated)
}

// FuzzReadInvite sends what strangers may send: nothing but the tokens made here is ever read.
func FuzzReadInvite(f *testing.F) {
	key, _ := newKey(f)
	_, foreign := newKey(f)
	good, err := key.SignInvite(42, 7, 3, noon.Add(time.Hour))
	require.NoError(f, err)
	parts := strings.Split(good, ".")
	for _, seed := range []string{
		"", ".", "..", "a.b.c", good, good + ".", parts[0] + "." + parts[1], parts[0] + ".." + parts[2], strings.ToUpper(good), "{}", "{..}", `{"signatures":[".."]}`,
		forge(f, jwa.EdDSA, foreign, nil, map[string]any{"aud": "emosation:invite", "sub": "1", "epoch": "0", "exp": noon.Add(time.Hour).Unix()}),
		part(f, map[string]any{"alg": "none"}) + "." + parts[1] + ".",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		room, epoch, maker, ok := key.ReadInvite(token, noon)
		if ok && (room != 42 || epoch != 7 || maker != 3 || strings.Split(token, ".")[1] != parts[1]) {
			t.Fatalf("%q was read as an invite into room %d of epoch %d by %d", token, room, epoch, maker)
		}
		if !ok && (room != 0 || epoch != 0 || maker != 0) {
			t.Fatalf("%q was refused, and told %d, %d and %d", token, room, epoch, maker)
		}
	})
}

package auth_test

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/testkit"
)

func TestLoginsAndRefusalsAreCounted(t *testing.T) {
	refusals := limit.NewRefusals(auth.Rules())
	w := newWorld(t, testkit.Stack{DB: testkit.SQLite(t), Redis: testkit.OpenRedis(t, "embedded")}, func(c *auth.Config) { c.RateLimits, c.Refusals = true, refusals })
	registry := prometheus.NewRegistry()
	registry.MustRegister(refusals)
	for _, c := range w.Metrics() {
		registry.MustRegister(c)
	}
	w.login(t, "minji@example.org")
	_, err := w.Register(t.Context(), browser, registration("restored@example.org"))
	require.NoError(t, err)
	w.put(t, "restored@example.org", account.MustReset)
	_, err = w.Login(t.Context(), browser, "restored@example.org", password)
	require.ErrorIs(t, err, auth.ErrMustReset)
	for range 12 {
		_, err := w.Login(t.Context(), browser, "minji@example.org", "wrong wrong wrong")
		require.Error(t, err)
	}
	require.NoError(t, testutil.GatherAndCompare(registry, strings.NewReader(`
# HELP emosation_logins_total Attempts to sign in with a password, by outcome: ok, wrong (e-mail or password), must_reset (a restored account has to set a new one first), limited (too many) or failed (a part we need is down).
# TYPE emosation_logins_total counter
emosation_logins_total{outcome="failed"} 0
emosation_logins_total{outcome="limited"} 2
emosation_logins_total{outcome="must_reset"} 1
emosation_logins_total{outcome="ok"} 1
emosation_logins_total{outcome="wrong"} 10
# HELP emosation_rate_limited_total Attempts that were refused because there were too many, by the rule that they broke.
# TYPE emosation_rate_limited_total counter
emosation_rate_limited_total{rule="login.address"} 0
emosation_rate_limited_total{rule="login.email"} 2
emosation_rate_limited_total{rule="password.user"} 0
emosation_rate_limited_total{rule="redeem.address"} 0
emosation_rate_limited_total{rule="refresh.address"} 0
emosation_rate_limited_total{rule="register.address"} 0
emosation_rate_limited_total{rule="reset.address"} 0
emosation_rate_limited_total{rule="reset.email"} 0
emosation_rate_limited_total{rule="verification.user"} 0
`), "emosation_logins_total", "emosation_rate_limited_total"))
}

package auth

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/emosation/emosation/internal/fault"
)

// Outcomes of logins.
const (
	loginOK      = "ok"
	loginWrong   = "wrong"
	loginReset   = "must_reset"
	loginLimited = "limited"
	loginFailed  = "failed"
)

func newLogins() *prometheus.CounterVec {
	logins := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "emosation_logins_total",
		Help: "Attempts to sign in with a password, by outcome: ok, wrong (e-mail or password), must_reset (a restored account has to set a new one first), limited (too many) or failed (a part we need is down).",
	}, []string{"outcome"})
	for _, outcome := range []string{loginOK, loginWrong, loginReset, loginLimited, loginFailed} {
		logins.WithLabelValues(outcome) // so that a rate is known from the first one on
	}
	return logins
}

// Metrics are what an operator sees of sign-ins.
func (s *Service) Metrics() []prometheus.Collector { return []prometheus.Collector{s.logins} }

func outcomeOf(err error) string {
	switch {
	case err == nil:
		return loginOK
	case errors.Is(err, ErrWrongCredentials):
		return loginWrong
	case errors.Is(err, ErrMustReset), errors.Is(err, fault.ErrInvalid):
		return loginReset
	case errors.Is(err, ErrTooMany):
		return loginLimited
	default:
		return loginFailed
	}
}

package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/emosation/emosation/internal/limit"
)

// Addresses may stand for a whole school behind one router, so their rules stop floods, not people. Guessing is
// stopped by the rules per e-mail and per user; a success forgets what was counted there.
var (
	registerByAddress = limit.Rule{Name: "register.address", Burst: 30, Every: 20 * time.Second}
	loginByAddress    = limit.Rule{Name: "login.address", Burst: 60, Every: time.Second}
	loginByEmail      = limit.Rule{Name: "login.email", Burst: 10, Every: 15 * time.Second}
	refreshByAddress  = limit.Rule{Name: "refresh.address", Burst: 120, Every: 500 * time.Millisecond}
	resetByAddress    = limit.Rule{Name: "reset.address", Burst: 20, Every: 30 * time.Second}
	resetByEmail      = limit.Rule{Name: "reset.email", Burst: 3, Every: 10 * time.Minute}
	redeemByAddress   = limit.Rule{Name: "redeem.address", Burst: 30, Every: 2 * time.Second}
	passwordByUser    = limit.Rule{Name: "password.user", Burst: 5, Every: time.Minute}

	verificationByUser = limit.Rule{Name: "verification.user", Burst: 3, Every: 10 * time.Minute}
)

// Rules are those that attempts are counted by.
func Rules() []limit.Rule {
	return []limit.Rule{
		registerByAddress, loginByAddress, loginByEmail, refreshByAddress, resetByAddress, resetByEmail, redeemByAddress, passwordByUser,
		verificationByUser,
	}
}

// allow counts an attempt, or returns ErrTooMany or ErrUnavailable.
func (s *Service) allow(ctx context.Context, r limit.Rule, subject string) error {
	err := s.limits.Allow(ctx, r, subject)
	if errors.Is(err, limit.ErrUnavailable) {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}

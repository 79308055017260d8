package auth

import (
	"context"

	"github.com/emosation/emosation/internal/account"
)

// LockEmail holds an e-mail as a registration does.
func (s *Service) LockEmail(ctx context.Context, email string) (unlock func(), err error) {
	return s.lockEmail(ctx, account.EmailKey(email))
}

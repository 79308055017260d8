package auth

import (
	"context"

	"github.com/emosation/emosation/internal/account"
)

// LockEmail holds an e-mail as a registration does.
func (s *Service) LockEmail(ctx context.Context, email string) (unlock func(), err error) {
	return s.lockEmail(ctx, account.EmailKey(email))
}

// Start begins a session of somebody whose password was proven a while ago.
func (s *Service) Start(ctx context.Context, from Client, user account.User, hash string) (Tokens, error) {
	return s.start(ctx, from, user, hash, "")
}

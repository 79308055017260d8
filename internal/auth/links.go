package auth

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/limit"
	"github.com/emosation/emosation/internal/mail"
	"github.com/emosation/emosation/internal/storage"
)

// RequestReset promises a link to set a new password to whoever has an account with this e-mail. Whether anybody has makes no
// difference to what is done here. mail.ErrUnavailable where there are no mails.
func (s *Service) RequestReset(ctx context.Context, from Client, email string) error {
	normal, wrong := account.NormalEmail(email)
	if wrong != "" {
		return fault.ErrInvalid.WithField("body.email", wrong)
	}
	if !s.mails.Available() {
		return mail.ErrUnavailable
	}
	if err := s.allow(ctx, resetByAddress, limit.Network(from.Address)); err != nil {
		return err
	}
	if err := s.allow(ctx, resetByEmail, account.EmailKey(normal)); err != nil {
		return err
	}
	if err := s.mails.PostTo(ctx, normal, mail.Reset); err != nil {
		return fmt.Errorf("request reset: %w", err)
	}
	return nil
}

// RedeemReset sets a new password with a mailed link, puts a restored account into use, and ends every session. A link that does not
// work is mail.ErrLink, a password that is refused fault.ErrInvalid.
func (s *Service) RedeemReset(ctx context.Context, from Client, token, password string) error {
	if wrong := wrongPassword(password); wrong != "" {
		return fault.ErrInvalid.WithField("body.newPassword", wrong)
	}
	link, err := s.find(ctx, from, token, mail.Reset, mail.Restore)
	if err != nil {
		return err
	}
	hash, err := s.passwords.Hash(ctx, password)
	if err != nil {
		return fmt.Errorf("redeem reset: %w", err)
	}
	var ended []SessionEnded
	user, err := s.use(ctx, link, func(tx *gorm.DB) (err error) {
		if err := account.ResetPassword(tx, link.User, hash, s.now()); err != nil {
			return err
		}
		// What was mailed before works no more, and the mail has proven the address along the way.
		if err := mail.Drop(tx, link.User, mail.Reset, mail.Restore, mail.Verify); err != nil {
			return err
		}
		ended, err = EndAll(tx, link.User, s.now())
		return err
	})
	if err != nil {
		return fmt.Errorf("redeem reset: %w", err)
	}
	// Whoever reads the mails of the account need not wait because somebody has guessed at its password.
	s.limits.Forget(ctx, loginByEmail, account.EmailKey(user.Email))
	s.limits.Forget(ctx, passwordByUser, fmt.Sprint(user.ID))
	for _, e := range ended {
		s.events.Publish(ctx, e)
	}
	return nil
}

// RequestVerification promises a person a link that proves that their e-mail is theirs. ErrEmailVerified when that is proven,
// mail.ErrUnavailable where there are no mails.
func (s *Service) RequestVerification(ctx context.Context, who account.ID) error {
	user, err := account.Load(s.db.WithContext(ctx), who)
	switch {
	case err != nil:
		return fmt.Errorf("request verification: %w", err)
	case user.EmailVerified:
		return ErrEmailVerified
	case !s.mails.Available():
		return mail.ErrUnavailable
	}
	if err := s.allow(ctx, verificationByUser, fmt.Sprint(who)); err != nil {
		return err
	}
	if err := s.mails.Post(s.db.WithContext(ctx), who, mail.Verify); err != nil {
		return fmt.Errorf("request verification: %w", err)
	}
	return nil
}

// RedeemVerification notes that the e-mail to which a link was mailed is its owner's. A link that does not work is mail.ErrLink.
func (s *Service) RedeemVerification(ctx context.Context, from Client, token string) error {
	link, err := s.find(ctx, from, token, mail.Verify)
	if err != nil {
		return err
	}
	user, err := s.use(ctx, link, func(tx *gorm.DB) error {
		if err := account.VerifyEmail(tx, link.User, s.now()); err != nil {
			return err
		}
		return mail.Drop(tx, link.User, mail.Verify)
	})
	if err != nil {
		return fmt.Errorf("redeem verification: %w", err)
	}
	user.EmailVerified = true
	s.events.Publish(ctx, account.SettingsChanged{User: user})
	return nil
}

// find returns the link that somebody brings back, before anything costly is done for them.
func (s *Service) find(ctx context.Context, from Client, token string, purposes ...mail.Purpose) (mail.Link, error) {
	if err := s.allow(ctx, redeemByAddress, limit.Network(from.Address)); err != nil {
		return mail.Link{}, err
	}
	return mail.Find(s.db.WithContext(ctx), token, s.now(), purposes...)
}

// use does with a link what it is for, once, and returns whose it was. The link of a closed account is mail.ErrLink like one that is used.
func (s *Service) use(ctx context.Context, link mail.Link, fn func(tx *gorm.DB) error) (user account.User, err error) {
	err = storage.Tx(ctx, s.db, func(tx *gorm.DB) error {
		if user, err = account.Hold(tx, link.User); err != nil {
			if errors.Is(err, account.ErrUnknown) {
				return mail.ErrLink
			}
			return err
		}
		if user.State == account.Deactivated {
			return mail.ErrLink
		}
		if err := mail.Use(tx, link); err != nil {
			return err
		}
		return fn(tx)
	})
	return user, err
}

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/fault"
)

// createAdmin makes an account with the role of an admin, or gives the role to an account that is there. There is no
// other way to the first one, and no password that anybody knows beforehand.
func createAdmin(ctx context.Context, p program, args []string) (err error) {
	if len(args) < 1 || len(args) > 2 {
		return usageError{errors.New("create-admin wants an e-mail, and maybe a nickname")}
	}
	email, nickname := args[0], "Admin"
	if len(args) == 2 {
		nickname = args[1]
	}
	cfg, err := p.config()
	if err != nil {
		return err
	}
	base, closeBase, err := open(ctx, p, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeBase()) }()
	d, err := newDomains(base)
	if err != nil {
		return err
	}
	password := account.RandomPassword(5)
	user, err := d.auth.Register(ctx, auth.Client{Address: "127.0.0.1", UserAgent: "create-admin"}, auth.Registration{
		Email: email, Password: password, Nickname: nickname,
	})
	switch {
	case errors.Is(err, account.ErrEmailTaken):
		if user, _, err = account.Credentials(base.db.WithContext(ctx), email); err != nil {
			return err
		}
		fmt.Fprintf(p.out, "%s has an account already (%s); its password stays as it is.\n", user.Email, user.Nickname)
	case err != nil:
		return named(err)
	default:
		fmt.Fprintf(p.out, "Made an account for %s (%s). Its password, shown this once: %s\n", user.Email, user.Nickname, password)
	}
	err = d.directory.MakeAdmin(ctx, user.ID)
	if errors.Is(err, account.ErrState) {
		return usageError{errors.New("this account is closed; it has to be restored first")}
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "%s is an admin now.\n", user.Email)
	return err
}

// named says which words of the command were wrong, where that is what is wrong.
func named(err error) error {
	invalid, ok := errors.AsType[*fault.Error](err)
	if !ok || len(invalid.Fields) == 0 {
		return err
	}
	reasons := make([]string, len(invalid.Fields))
	for i, f := range invalid.Fields {
		reasons[i] = "the " + strings.TrimPrefix(f.Name, "body.") + " " + f.Reason
	}
	return usageError{errors.New(strings.Join(reasons, "\n"))}
}

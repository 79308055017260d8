package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/config"
	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit/leaks"
	"github.com/emosation/emosation/internal/testkit/mailbox"
)

// mostShown bounds the findings that are shown: many come from one mistake.
const mostShown = 20

// linkToken is how a mailed link ends.
var linkToken = regexp.MustCompile(`[#=]([A-Z2-7]{26})\b`)

// givenPassword is how the browser tests name a password.
var givenPassword = regexp.MustCompile(`(?i)password['"]?\s*[:=,]\s*['"]([^'"\n]{5,})['"]`)

// discreet returns an error if a server's log has anything of what the run has used: all that the database has at its end, what was
// mailed, and the passwords that the operator and the tests know.
func discreet(ctx context.Context, log string, settings []string, mails []mailbox.Mail, tests string, passwords ...string) error {
	used := leaks.Used{}
	used.Add("password", passwords...)
	for _, m := range mails {
		used.Add("e-mail", m.To)
		for _, found := range linkToken.FindAllStringSubmatch(m.Text, -1) {
			used.Add("token of a link", found[1])
		}
	}
	sources, err := filepath.Glob(filepath.Join(tests, "*.ts"))
	if err != nil {
		return err
	}
	for _, path := range sources {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, found := range givenPassword.FindAllStringSubmatch(string(text), -1) {
			used.Add("password", found[1])
		}
	}
	if err := stored(ctx, used, settings); err != nil {
		return err
	}
	if strings.Count(log, "\n") < 10 || !strings.Contains(log, `"route"`) {
		return errors.New("the program has logged next to nothing: there is nothing to look at")
	}
	found := used.In(log)
	fmt.Printf("e2e: %d lines of the log were searched for %d texts\n", strings.Count(log, "\n"), len(used))
	if len(found) > 0 {
		return fmt.Errorf("the log has %d times what must not be there:\n%s", len(found), strings.Join(found[:min(len(found), mostShown)], "\n"))
	}
	return nil
}

// stored adds what the database of these settings holds.
func stored(ctx context.Context, used leaks.Used, settings []string) (err error) {
	cfg, err := config.Load(settings)
	if err != nil {
		return err
	}
	db, err := storage.Open(ctx, cfg.DatabaseURL.Reveal(), zap.NewNop())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, storage.Close(db)) }()
	return used.AddAll(db)
}

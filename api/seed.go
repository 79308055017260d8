package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/message"
	"github.com/google/uuid"
	"gorm.io/gorm"
)

// seedDemo makes two people who are friends already, and a small town for them, for trying things out. On a database server, which may be
// somebody's production, it wants --force.
func seedDemo(ctx context.Context, p program, args []string) (err error) {
	flags := flag.NewFlagSet("seed-demo", flag.ContinueOnError)
	flags.SetOutput(p.err)
	force := flags.Bool("force", false, "use a database server too")
	if err := flags.Parse(args); err != nil {
		return usageError{err}
	}
	cfg, err := p.config()
	if err != nil {
		return err
	}
	if !cfg.EmbeddedDatabase() && !*force {
		return usageError{errors.New("seed-demo is for the embedded database; give --force if you mean " + cfg.DatabaseURL.String())}
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
	return demo{domains: d, db: base.db, file: filepath.Join(cfg.DataDir, "demo-friends.json"), out: p.out}.make(ctx)
}

// demo is two friends who have talked already, in a town that does not exist. Their passwords are kept in a file that
// only the operator can read, so that running it again can tell them again.
type demo struct {
	domains
	db   *gorm.DB
	file string
	out  io.Writer
}

// demoFriend is how to sign in as one of the two.
type demoFriend struct {
	Nickname string `json:"nickname"`
	Email    string `json:"email"`
	Password string `json:"password"`

	locale account.Locale
	id     account.ID
}

// make adds what is missing and prints how to sign in.
func (d demo) make(ctx context.Context) error {
	folder, err := fs.Sub(demoTown, "demo")
	if err != nil {
		return err
	}
	if _, err := d.bookings.ImportFirst(ctx, folder); err != nil {
		return fmt.Errorf("import the town: %w", err)
	}
	friends := []demoFriend{
		{Nickname: "민지", Email: "minji@example.org", Password: account.RandomPassword(3), locale: account.Korean},
		{Nickname: "Ben", Email: "ben@example.org", Password: account.RandomPassword(3), locale: account.English},
	}
	made, err := d.register(ctx, friends)
	if err != nil {
		return err
	}
	if made {
		if err := d.keep(friends); err != nil {
			return err
		}
	}
	work, stop := context.WithCancel(ctx)
	var writer sync.WaitGroup
	writer.Go(func() { _ = d.messages.Run(work) }) // ends without an error, when work does
	defer writer.Wait()
	defer stop()
	minji, ben := friends[0].id, friends[1].id
	if made {
		if err := d.talk(ctx, minji, ben); err != nil {
			return err
		}
	}
	if err := d.openRooms(ctx, minji, ben); err != nil {
		return err
	}
	return d.remind()
}

// register makes the two accounts, or finds those that an earlier run made, and tells whether both are new.
func (d demo) register(ctx context.Context, friends []demoFriend) (made bool, err error) {
	made = true
	for i := range friends {
		f := &friends[i]
		user, err := d.auth.Register(ctx, auth.Client{Address: "127.0.0.1", UserAgent: "seed-demo"}, auth.Registration{
			Email: f.Email, Password: f.Password, Nickname: f.Nickname, Locale: f.locale, EmotionConsent: true,
		})
		if errors.Is(err, account.ErrEmailTaken) {
			made = false
			user, _, err = account.Credentials(d.db.WithContext(ctx), f.Email)
		}
		if err != nil {
			return false, fmt.Errorf("demo friend %s: %w", f.Email, err)
		}
		// Nobody reads mails at these addresses, so none are sent there.
		if err := account.VerifyEmail(d.db.WithContext(ctx), user.ID, time.Now()); err != nil {
			return false, fmt.Errorf("demo friend %s: %w", f.Email, err)
		}
		f.id = user.ID
	}
	return made, nil
}

// talk makes the two friends and lets them say a few words, so that there is something to see.
func (d demo) talk(ctx context.Context, minji, ben account.ID) error {
	if _, _, err := d.friends.Request(ctx, minji, ben); err != nil {
		return err
	}
	if _, err := d.friends.Accept(ctx, ben, minji); err != nil {
		return err
	}
	mine, _, err := d.rooms.OpenDirect(ctx, minji, ben)
	if err != nil {
		return err
	}
	for _, line := range []struct {
		who  account.ID
		body string
	}{
		{ben, "Hey Minji! Did you hear back about the interview?"},
		{minji, "응!! 나 합격했어 ㅠㅠㅠ 진짜 너무 행복해"},
		{ben, "No way!! I'm so happy for you, you really deserve it 🎉"},
		{minji, "근데 사실 좀 무서워. 잘할 수 있을까?"},
		{ben, "Don't worry, you will do great. Dinner tonight?"},
		{ben, "Ugh, my train is delayed again. So annoying."},
	} {
		draft := message.Draft{ClientID: uuid.NewString(), Body: line.body}
		if _, err := d.messages.Send(ctx, line.who, mine.ID, draft); err != nil {
			return err
		}
	}
	return nil
}

func (d demo) keep(friends []demoFriend) error {
	data, err := json.MarshalIndent(friends, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(d.file), 0o700); err != nil { // a database server leaves it unmade
		return err
	}
	return os.WriteFile(d.file, append(data, '\n'), 0o600)
}

func (d demo) remind() error {
	data, err := os.ReadFile(d.file)
	if errors.Is(err, os.ErrNotExist) {
		_, err = fmt.Fprintln(d.out, "The demo friends are there already; their passwords were printed when they were made.")
		return err
	}
	if err != nil {
		return err
	}
	var friends []demoFriend
	if err := json.Unmarshal(data, &friends); err != nil {
		return fmt.Errorf("%s: %w", d.file, err)
	}
	return d.print(friends)
}

func (d demo) print(friends []demoFriend) error {
	fmt.Fprintln(d.out, "Two demo friends to log in as:")
	for _, f := range friends {
		fmt.Fprintf(d.out, "  %-20s %s   (%s)\n", f.Email, f.Password, f.Nickname)
	}
	return nil
}

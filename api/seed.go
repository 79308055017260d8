package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/message"
	"github.com/emosation/emosation/internal/observability"
	"github.com/emosation/emosation/internal/storage"
	"github.com/google/uuid"
)

// seedDemo makes two people who are friends already, for trying things out. On a database server, which may be
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
	log := observability.NewLogger(cfg.LogLevel, p.err)
	db, err := openDatabase(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, storage.Close(db)) }()
	redis, closeRedis, err := storage.OpenRedis(ctx, cfg.RedisURL.Reveal())
	if err != nil {
		return err
	}
	defer closeRedis()
	d, err := newDomains(parts{cfg: cfg, log: log, db: db, redis: redis, metrics: observability.NewRegistry(), now: p.now})
	if err != nil {
		return err
	}
	return demo{domains: d, file: filepath.Join(cfg.DataDir, "demo-friends.json"), out: p.out}.make(ctx)
}

// demo is two friends and a short conversation. Their passwords are kept in a file that only the operator can read,
// so that running it again can tell them again.
type demo struct {
	domains
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

// make prints how to sign in. Where the two exist already it changes nothing.
func (d demo) make(ctx context.Context) error {
	friends := []demoFriend{
		{Nickname: "민지", Email: "minji@example.org", Password: demoPassword(), locale: account.Korean},
		{Nickname: "Ben", Email: "ben@example.org", Password: demoPassword(), locale: account.English},
	}
	for i := range friends {
		f := &friends[i]
		user, err := d.auth.Register(ctx, auth.Client{Address: "127.0.0.1", UserAgent: "seed-demo"}, auth.Registration{
			Email: f.Email, Password: f.Password, Nickname: f.Nickname, Locale: f.locale, EmotionConsent: true,
		})
		if errors.Is(err, account.ErrEmailTaken) {
			return d.remind()
		}
		if err != nil {
			return err
		}
		f.id = user.ID
	}
	if err := d.keep(friends); err != nil {
		return err
	}
	if err := d.talk(ctx, friends[0].id, friends[1].id); err != nil {
		return err
	}
	return d.print(friends)
}

// demoPassword is easy to type and hard to guess: 12 characters of 5 bits each.
func demoPassword() string {
	text := strings.ToLower(rand.Text())
	return text[:4] + "-" + text[4:8] + "-" + text[8:12]
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
	work, stop := context.WithCancel(ctx)
	var writer sync.WaitGroup
	writer.Go(func() { _ = d.messages.Run(work) }) // ends without an error, when work does
	defer writer.Wait()
	defer stop()
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

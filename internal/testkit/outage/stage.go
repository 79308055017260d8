package outage

import (
	"context"
	"errors"
	"os"

	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit/servers"
)

// Run builds the program, starts it twice, each time on a MariaDB and a Redis of its own, and watches.
func Run(ctx context.Context, o Options) (r Report, err error) {
	s := &stage{}
	defer func() { err = errors.Join(err, s.stop()) }()
	if err := s.open(ctx); err != nil {
		return r, err
	}
	return Watch(ctx, o, s.provider, s.embedded, s.remote)
}

// stage is what a run needs. It ends in the reverse order of its beginning.
type stage struct {
	provider         *Provider
	embedded, remote Server
	binary, key      string
	stops            []func() error
}

func (s *stage) open(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "emo")
	if err != nil {
		return err
	}
	s.stops = append(s.stops, func() error { return os.RemoveAll(dir) })
	if s.binary, err = servers.BuildAPI(ctx, dir); err != nil {
		return err
	}
	if s.key, err = servers.WriteKey(dir); err != nil {
		return err
	}
	if s.provider, err = NewProvider(ctx); err != nil {
		return err
	}
	s.stops = append(s.stops, func() error { s.provider.Close(); return nil })
	if s.embedded, err = s.serve(ctx, "EMOSATION_EMOTION=embedded"); err != nil {
		return err
	}
	s.remote, err = s.serve(ctx, s.provider.settings()...)
	return err
}

// settings are those of a server that asks the provider, as often as it likes.
func (p *Provider) settings() []string {
	return []string{
		"EMOSATION_EMOTION=openai", "EMOSATION_OPENAI_BASE_URL=" + p.BaseURL, "EMOSATION_OPENAI_API_KEY=a-key", "EMOSATION_OPENAI_MODEL=a-model",
		"EMOSATION_OPENAI_DAILY_TOKENS=0", "EMOSATION_OPENAI_USER_DAILY_MESSAGES=0",
	}
}

func (s *stage) serve(ctx context.Context, settings ...string) (at Server, err error) {
	// As in production: every commit is written to disk.
	mariadb, err := servers.StartMariaDB(ctx, "--innodb-flush-log-at-trx-commit=1", "--innodb-log-file-size=96M")
	if err != nil {
		return at, err
	}
	s.stops = append(s.stops, mariadb.Stop)
	redis, err := servers.StartRedis(ctx)
	if err != nil {
		return at, err
	}
	s.stops = append(s.stops, redis.Stop)
	url := mariadb.URL("emosation")
	if err := mariadb.Exec(ctx, "CREATE DATABASE emosation CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"); err != nil {
		return at, err
	}
	if err := migrate(ctx, url); err != nil {
		return at, err
	}
	return s.start(ctx, append([]string{"EMOSATION_DATABASE_URL=" + url, "EMOSATION_REDIS_URL=" + redis.URL()}, settings...)...)
}

// start runs the program, without limits on what people do.
func (s *stage) start(ctx context.Context, settings ...string) (Server, error) {
	api, err := servers.StartAPI(ctx, s.binary, append([]string{
		"EMOSATION_RATE_LIMITS=off", "EMOSATION_LOG_LEVEL=error", "EMOSATION_JWT_KEY_FILE=" + s.key, "EMOSATION_PUBLIC_URL=http://chat.example.org",
	}, settings...)...)
	if err != nil {
		return Server{}, err
	}
	s.stops = append(s.stops, api.Stop)
	return Server{api.URL, api.OpsURL}, nil
}

func (s *stage) stop() error {
	var failed []error
	for i := len(s.stops) - 1; i >= 0; i-- {
		failed = append(failed, s.stops[i]())
	}
	return errors.Join(failed...)
}

func migrate(ctx context.Context, url string) (err error) {
	db, err := storage.Open(ctx, url, zap.NewNop())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, storage.Close(db)) }()
	return storage.Migrate(ctx, db)
}

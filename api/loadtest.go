package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/emosation/emosation/api/loadtest"
	"github.com/emosation/emosation/internal/config"
	"github.com/emosation/emosation/internal/storage"
)

// loadTest drives a server as many clients would. As "loadtest floor" it is one of the servers that it compares with.
func loadTest(ctx context.Context, p program, args []string) (err error) {
	if len(args) > 0 && args[0] == "floor" {
		return serveFloor(ctx, p, args[1:])
	}
	options, err := loadtest.Parse(args, p.err)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return usageError{err}
	}
	dir, err := os.MkdirTemp("", "emosation-load")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	environ, err := loadEnviron(p.environ, dir)
	if err != nil {
		return err
	}
	p.environ = environ
	cfg, err := p.config()
	if err != nil {
		return err
	}
	binary, err := os.Executable()
	if err != nil {
		return err
	}
	redis, err := redisProcess(ctx, cfg)
	if err != nil {
		return err
	}
	return loadtest.Run(ctx, loadtest.World{
		Binary: binary, Environ: environ, DatabaseURL: cfg.DatabaseURL.Reveal(), RedisURL: cfg.RedisURL.Reveal(),
		RedisPIDs: redis, Out: p.out, Progress: p.err, Now: p.now,
	}, options)
}

// loadEnviron are the settings of servers under load: on ports of their own, nothing limited, and nothing of what they keep in
// files stays.
func loadEnviron(environ []string, dir string) ([]string, error) {
	set := func(name string) bool {
		return slices.ContainsFunc(environ, func(entry string) bool {
			value, found := strings.CutPrefix(entry, name+"=")
			return found && value != ""
		})
	}
	own := []string{
		"EMOSATION_HTTP_ADDR=127.0.0.1:0", "EMOSATION_OPS_ADDR=127.0.0.1:0", "EMOSATION_DATA_DIR=" + filepath.Join(dir, "data"),
		"EMOSATION_RATE_LIMITS=off", "EMOSATION_ROOM_MAX_CAPACITY=1000", "EMOSATION_WEB_DIR=", "EMOSATION_PUBLIC_URL=", "EMOSATION_ALLOWED_ORIGINS=",
	}
	if !set("EMOSATION_LOG_LEVEL") {
		own = append(own, "EMOSATION_LOG_LEVEL=warn")
	}
	if !set("EMOSATION_JWT_KEY") && !set("EMOSATION_JWT_KEY_FILE") {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, err
		}
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return nil, err
		}
		own = append(own, "EMOSATION_JWT_KEY="+string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
	}
	return append(slices.Clone(environ), own...), nil
}

// redisProcess asks a Redis beside the servers for its process. What that number means is for this machine to say.
func redisProcess(ctx context.Context, cfg config.Config) (pids []int, err error) {
	if cfg.RedisURL.Reveal() == storage.EmbeddedRedis {
		return nil, nil
	}
	client, closeRedis, err := storage.OpenRedis(ctx, cfg.RedisURL.Reveal())
	if err != nil {
		return nil, err
	}
	defer closeRedis()
	info, err := client.Do(ctx, client.B().Info().Section("server").Build()).ToString()
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(info) {
		if value, found := strings.CutPrefix(line, "process_id:"); found {
			pid, err := strconv.Atoi(strings.TrimSpace(value))
			if err != nil {
				return nil, err
			}
			pids = append(pids, pid)
		}
	}
	return loadtest.OnlyRedis(pids), nil
}

// serveFloor is what Emosation is compared with, until ctx ends.
func serveFloor(ctx context.Context, p program, args []string) error {
	flags := flag.NewFlagSet("loadtest floor", flag.ContinueOnError)
	flags.SetOutput(p.err)
	kind := flags.String("kind", "floor", "as in loadtest -floors")
	if err := flags.Parse(args); err != nil {
		return usageError{err}
	}
	cfg, err := p.config()
	if err != nil {
		return err
	}
	return loadtest.ServeFloor(ctx, *kind, cfg.DatabaseURL.Reveal(), p.now, p.out)
}

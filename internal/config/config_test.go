package config_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"golang.org/x/sync/errgroup"

	"github.com/emosation/emosation/internal/config"
	"github.com/emosation/emosation/internal/emotion"
)

const mysql = "EMOSATION_DATABASE_URL=mysql://emosation:hunter2@db:3306/emosation"

// newKey returns a PKCS #8 private key in PEM.
func newKey(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func ed25519Key(t *testing.T) string {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	return newKey(t, key)
}

func TestDefaultsAreTheEmbeddedProgram(t *testing.T) {
	c, err := config.Load([]string{"PATH=/bin", "EMOSATION_LOG_LEVEL="})
	require.NoError(t, err)
	require.True(t, c.Embedded())
	require.Equal(t, "127.0.0.1:8080", c.HTTPAddr)
	require.Equal(t, "127.0.0.1:9090", c.OpsAddr)
	require.Equal(t, "http://127.0.0.1:8080", c.PublicURL)
	require.Equal(t, []string{"http://127.0.0.1:8080"}, c.AllowedOrigins)
	require.Equal(t, zapcore.InfoLevel, c.LogLevel)
	require.True(t, bool(c.RateLimits))
	require.EqualValues(t, 100, c.RoomMaxCapacity)
	require.Equal(t, 30*24*time.Hour, c.PurgeAfterDays.Duration())
	require.Equal(t, "Asia/Seoul", c.TimeZone.Location().String())
	require.Equal(t, emotion.ModeEmbedded, c.Emotion)
	require.Empty(t, c.WebDir)
	here, err := os.Getwd()
	require.NoError(t, err)
	require.Equal(t, "sqlite://"+filepath.Join(here, "data", "emosation.db"), c.DatabaseURL.Reveal())
}

func TestEverySettingIsRead(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "index.html"), nil, 0o600))
	c, err := config.Load([]string{
		mysql, "EMOSATION_REDIS_URL=redis://:hunter2@redis:6379/1", "EMOSATION_JWT_KEY=" + ed25519Key(t),
		"EMOSATION_HTTP_ADDR=:80", "EMOSATION_OPS_ADDR=[::1]:81", "EMOSATION_DATA_DIR=" + dir, "EMOSATION_WEB_DIR=" + dir,
		"EMOSATION_PUBLIC_URL=https://chat.example/", "EMOSATION_ALLOWED_ORIGINS=https://chat.example,http://localhost:5173",
		"EMOSATION_LOG_LEVEL=debug", "EMOSATION_RATE_LIMITS=off", "EMOSATION_ROOM_MAX_CAPACITY=1000", "EMOSATION_PURGE_AFTER_DAYS=0",
		"EMOSATION_EMOTION=off", "EMOSATION_TIME_ZONE=Europe/Berlin", "EMOSATION_OTLP_URL=http://otel:4318", "EMOSATION_TRACE_RATIO=0.5", "EMOSATION_DRAIN_DELAY=6",
	})
	require.NoError(t, err)
	require.False(t, c.Embedded())
	require.Equal(t, "mysql://emosation:hunter2@db:3306/emosation", c.DatabaseURL.Reveal())
	require.Equal(t, "redis://:hunter2@redis:6379/1", c.RedisURL.Reveal())
	require.Equal(t, ":80", c.HTTPAddr)
	require.Equal(t, 6*time.Second, c.DrainDelay.Duration())
	require.Equal(t, "https://chat.example", c.PublicURL)
	require.Equal(t, []string{"https://chat.example", "http://localhost:5173"}, c.AllowedOrigins)
	require.Equal(t, zapcore.DebugLevel, c.LogLevel)
	require.False(t, bool(c.RateLimits))
	require.EqualValues(t, 1000, c.RoomMaxCapacity)
	require.Zero(t, c.PurgeAfterDays)
	require.Equal(t, "Europe/Berlin", c.TimeZone.Location().String())
	require.Contains(t, c.String(), "EMOSATION_TIME_ZONE=Europe/Berlin\n")
	require.Equal(t, emotion.ModeOff, c.Emotion)
	require.Equal(t, "http://otel:4318", c.OTLPURL.Reveal())
	require.InDelta(t, 0.5, float64(c.TraceRatio), 1e-9)
	key, err := c.SigningKey()
	require.NoError(t, err)
	require.Len(t, key, 64)
}

// openai is a complete environment of the remote engine, and more settings that win.
func openai(more ...string) []string {
	return append([]string{"EMOSATION_EMOTION=openai", "EMOSATION_OPENAI_BASE_URL=https://api.example/v1", "EMOSATION_OPENAI_API_KEY=hunter2",
		"EMOSATION_OPENAI_MODEL=small"}, more...)
}

func TestTheRemoteEngineIsConfigured(t *testing.T) {
	c, err := config.Load(openai("EMOSATION_OPENAI_INPUT_PRICE=0.15", "EMOSATION_OPENAI_OUTPUT_PRICE=0.6", "EMOSATION_OPENAI_DAILY_BUDGET=2.5",
		"EMOSATION_OPENAI_DAILY_TOKENS=1000000", "EMOSATION_OPENAI_USER_DAILY_MESSAGES=0"))
	require.NoError(t, err)
	require.Equal(t, emotion.ModeOpenAI, c.Emotion)
	require.Equal(t, "https://api.example/v1", c.OpenAIBaseURL.Reveal())
	require.Equal(t, "hunter2", c.OpenAIAPIKey.Reveal())
	require.Equal(t, "small", c.OpenAIModel)
	require.InDelta(t, 0.15, float64(c.OpenAIInputPrice), 1e-9)
	require.InDelta(t, 0.6, float64(c.OpenAIOutputPrice), 1e-9)
	require.InDelta(t, 2.5, float64(c.OpenAIDailyBudget), 1e-9)
	require.EqualValues(t, 1_000_000, c.OpenAIDailyTokens)
	require.Zero(t, c.OpenAIUserDailyMessages)
	require.Contains(t, c.String(), "EMOSATION_OPENAI_API_KEY=***\n")
	require.Contains(t, c.String(), "EMOSATION_OPENAI_DAILY_BUDGET=2.5\n")

	key := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(key, []byte("from a file\n"), 0o600))
	c, err = config.Load([]string{"EMOSATION_EMOTION=openai", "EMOSATION_OPENAI_BASE_URL=http://localhost:11434/v1", "EMOSATION_OPENAI_API_KEY_FILE=" + key,
		"EMOSATION_OPENAI_MODEL=small"})
	require.NoError(t, err)
	require.Equal(t, "from a file", c.OpenAIAPIKey.Reveal())

	_, err = config.Load([]string{"EMOSATION_EMOTION=embedded", "EMOSATION_OPENAI_BASE_URL=ftp://not.asked"})
	require.NoError(t, err, "what is not used is not checked")
}

func TestMistakesAreNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	ecdsaKey := newKey(t, curve)
	for name, c := range map[string]struct {
		environ []string
		want    []string // one part of each line, in order
	}{
		"unknown name":               {[]string{"EMOSATION_HTTP_ADR=:80"}, []string{"EMOSATION_HTTP_ADR: is not a setting"}},
		"no file form":               {[]string{"EMOSATION_LOG_LEVEL_FILE=x"}, []string{"EMOSATION_LOG_LEVEL_FILE: is not"}},
		"address":                    {[]string{"EMOSATION_HTTP_ADDR=localhost"}, []string{"EMOSATION_HTTP_ADDR: "}},
		"port":                       {[]string{"EMOSATION_OPS_ADDR=:99999"}, []string{`EMOSATION_OPS_ADDR: "99999"`}},
		"one address for two":        {[]string{"EMOSATION_OPS_ADDR=127.0.0.1:8080"}, []string{"EMOSATION_OPS_ADDR: must differ"}},
		"database":                   {[]string{"EMOSATION_DATABASE_URL=oracle://x"}, []string{"EMOSATION_DATABASE_URL: ", "EMOSATION_JWT_KEY: "}},
		"redis":                      {[]string{"EMOSATION_REDIS_URL=6379"}, []string{"EMOSATION_REDIS_URL: "}},
		"public URL":                 {[]string{"EMOSATION_PUBLIC_URL=chat.example"}, []string{"EMOSATION_PUBLIC_URL: "}},
		"public URL, path":           {[]string{"EMOSATION_PUBLIC_URL=https://a.example/chat"}, []string{"EMOSATION_PUBLIC_URL: "}},
		"origins":                    {[]string{"EMOSATION_ALLOWED_ORIGINS=*,https://A.example"}, []string{`ORIGINS: "*"`, `"https://A.example"`}},
		"data folder":                {[]string{"EMOSATION_DATA_DIR=" + file}, []string{"EMOSATION_DATA_DIR: "}},
		"web folder":                 {[]string{"EMOSATION_WEB_DIR=" + filepath.Dir(file)}, []string{"EMOSATION_WEB_DIR: "}},
		"log level":                  {[]string{"EMOSATION_LOG_LEVEL=loud"}, []string{"EMOSATION_LOG_LEVEL: "}},
		"rate limits":                {[]string{"EMOSATION_RATE_LIMITS=no"}, []string{"EMOSATION_RATE_LIMITS: must be on or off"}},
		"no seats":                   {[]string{"EMOSATION_ROOM_MAX_CAPACITY=0"}, []string{"EMOSATION_ROOM_MAX_CAPACITY: must be a whole number from 1 to 1000"}},
		"too many seats":             {[]string{"EMOSATION_ROOM_MAX_CAPACITY=1001"}, []string{"EMOSATION_ROOM_MAX_CAPACITY: must be"}},
		"restored never":             {[]string{"EMOSATION_PURGE_AFTER_DAYS=-1"}, []string{"EMOSATION_PURGE_AFTER_DAYS: must be a whole number from 0 to 3650"}},
		"stops for ever":             {[]string{"EMOSATION_DRAIN_DELAY=61"}, []string{"EMOSATION_DRAIN_DELAY: must be a whole number from 0 to 60"}},
		"traced more than once":      {[]string{"EMOSATION_TRACE_RATIO=1.5"}, []string{"EMOSATION_TRACE_RATIO: must be a number from 0 to 1"}},
		"traced to nowhere":          {[]string{"EMOSATION_OTLP_URL=otel:4318"}, []string{"EMOSATION_OTLP_URL: must be of the form http://host:4318"}},
		"traced with a password":     {[]string{"EMOSATION_OTLP_URL=https://me:hunter2@otel.example"}, []string{"EMOSATION_OTLP_URL: must be"}},
		"restored for ever":          {[]string{"EMOSATION_PURGE_AFTER_DAYS=3651"}, []string{"EMOSATION_PURGE_AFTER_DAYS: must be"}},
		"half a seat":                {[]string{"EMOSATION_ROOM_MAX_CAPACITY=1.5"}, []string{"EMOSATION_ROOM_MAX_CAPACITY: must be"}},
		"emotion":                    {[]string{"EMOSATION_EMOTION=on"}, []string{`EMOSATION_EMOTION: "on" is not off, embedded or openai`}},
		"no such time zone":          {[]string{"EMOSATION_TIME_ZONE=Asia/Soul"}, []string{`EMOSATION_TIME_ZONE: "Asia/Soul" is not a time zone`}},
		"anybody's time zone":        {[]string{"EMOSATION_TIME_ZONE=Local"}, []string{`EMOSATION_TIME_ZONE: "Local" is not a time zone`}},
		"mails by another way":       {[]string{"EMOSATION_SMTP_URL=http://:hunter2@relay", "EMOSATION_MAIL_FROM=chat@example.org"}, []string{"EMOSATION_SMTP_URL: must begin with smtp://"}},
		"mails that all can read":    {[]string{"EMOSATION_SMTP_URL=smtp+insecure://relay", "EMOSATION_MAIL_FROM=chat@example.org"}, []string{"EMOSATION_SMTP_URL: may be smtp+insecure:// on a loopback address only"}},
		"a password that all can":    {[]string{"EMOSATION_SMTP_URL=smtp+insecure://me:hunter2@127.0.0.1", "EMOSATION_MAIL_FROM=chat@example.org"}, []string{"EMOSATION_SMTP_URL: gives a password away"}},
		"half of who sends mails":    {[]string{"EMOSATION_SMTP_URL=smtp://me@relay", "EMOSATION_MAIL_FROM=chat@example.org"}, []string{"EMOSATION_SMTP_URL: needs both a user and a password"}},
		"mails to a folder":          {[]string{"EMOSATION_SMTP_URL=smtps://relay/hunter2", "EMOSATION_MAIL_FROM=chat@example.org"}, []string{"EMOSATION_SMTP_URL: must be of the form"}},
		"mails to no port":           {[]string{"EMOSATION_SMTP_URL=smtps://relay:0", "EMOSATION_MAIL_FROM=chat@example.org"}, []string{`EMOSATION_SMTP_URL: "0" is not a port`}},
		"a password to be encoded":   {[]string{"EMOSATION_SMTP_URL=smtp://me:hunter2%zz@relay", "EMOSATION_MAIL_FROM=chat@example.org"}, []string{"EMOSATION_SMTP_URL: is no URL"}},
		"mails from nobody":          {[]string{"EMOSATION_SMTP_URL=smtp://relay"}, []string{"EMOSATION_MAIL_FROM: is needed with"}},
		"mails from what is no mail": {[]string{"EMOSATION_SMTP_URL=smtp://relay", "EMOSATION_MAIL_FROM=chat"}, []string{`EMOSATION_MAIL_FROM: "chat" is no address`}},
		"anybody is a proxy":         {[]string{"EMOSATION_TRUSTED_PROXIES=10.0.0.0/8,0.0.0.0/0"}, []string{`EMOSATION_TRUSTED_PROXIES: "0.0.0.0/0" would let anybody`}},
		"a proxy by name":            {[]string{"EMOSATION_TRUSTED_PROXIES=proxy,::ffff:10.0.0.1,10.0.0.1"}, []string{`EMOSATION_TRUSTED_PROXIES: "proxy" is not a range of addresses such as 10.0.0.0/8 or fd00::/8; "::ffff:10.0.0.1" is not`}},
		"nothing for openai": {[]string{"EMOSATION_EMOTION=openai"},
			[]string{"EMOSATION_OPENAI_BASE_URL: is needed", "EMOSATION_OPENAI_API_KEY: is needed", "EMOSATION_OPENAI_MODEL: is needed"}},
		"engine on a file": {openai("EMOSATION_OPENAI_BASE_URL=file:///hunter2"), []string{"EMOSATION_OPENAI_BASE_URL: must be an http:// or https://"}},
		"key in the engine's URL": {openai("EMOSATION_OPENAI_BASE_URL=https://key:hunter2@api.example/v1"),
			[]string{"EMOSATION_OPENAI_BASE_URL: must be an http:// or https:// address without user"}},
		"budget without prices": {openai("EMOSATION_OPENAI_DAILY_BUDGET=5"), []string{"EMOSATION_OPENAI_DAILY_BUDGET: bounds nothing without"}},
		"budget":                {[]string{"EMOSATION_OPENAI_DAILY_BUDGET=-1"}, []string{"EMOSATION_OPENAI_DAILY_BUDGET: must be a number from 0"}},
		"price":                 {[]string{"EMOSATION_OPENAI_INPUT_PRICE=NaN"}, []string{"EMOSATION_OPENAI_INPUT_PRICE: must be a number from 0"}},
		"tokens":                {[]string{"EMOSATION_OPENAI_DAILY_TOKENS=1e6"}, []string{"EMOSATION_OPENAI_DAILY_TOKENS: must be a whole number"}},
		"messages of a person":  {[]string{"EMOSATION_OPENAI_USER_DAILY_MESSAGES=-1"}, []string{"EMOSATION_OPENAI_USER_DAILY_MESSAGES: must be a whole number"}},
		"no key for servers":    {[]string{mysql}, []string{"EMOSATION_JWT_KEY: is needed"}},
		"no PEM":                {[]string{"EMOSATION_JWT_KEY=secret"}, []string{"EMOSATION_JWT_KEY: is not a PEM block"}},
		"another key type":      {[]string{"EMOSATION_JWT_KEY=" + ecdsaKey}, []string{"it must be an Ed25519 key"}},
		"missing file":          {[]string{"EMOSATION_REDIS_URL_FILE=" + file + "x"}, []string{"EMOSATION_REDIS_URL_FILE: "}},
		"empty file":            {[]string{"EMOSATION_JWT_KEY_FILE=" + file}, []string{"EMOSATION_JWT_KEY_FILE: names the empty file"}},
		"both forms": {[]string{"EMOSATION_REDIS_URL=embedded", "EMOSATION_REDIS_URL_FILE=" + file},
			[]string{"EMOSATION_REDIS_URL_FILE: is set beside EMOSATION_REDIS_URL"}},
		"all at once": {[]string{"EMOSATION_X=1", "EMOSATION_LOG_LEVEL=loud", "EMOSATION_RATE_LIMITS=no", "EMOSATION_HTTP_ADDR=x"},
			[]string{"EMOSATION_X", "EMOSATION_LOG_LEVEL", "EMOSATION_RATE_LIMITS", "EMOSATION_HTTP_ADDR"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := config.Load(c.environ)
			require.Error(t, err)
			lines := strings.Split(err.Error(), "\n")
			require.Len(t, lines, len(c.want), err.Error())
			for i, want := range c.want {
				require.Contains(t, lines[i], want)
				require.True(t, strings.HasPrefix(lines[i], "EMOSATION_"), lines[i])
			}
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
}

func TestSecretsComeFromFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	c, err := config.Load([]string{
		"EMOSATION_DATABASE_URL_FILE=" + write("database", "mysql://u:hunter2@db/x\n"),
		"EMOSATION_REDIS_URL_FILE=" + write("redis", "redis://:hunter2@r\r\n"),
		"EMOSATION_JWT_KEY_FILE=" + write("key", ed25519Key(t)),
		"EMOSATION_SMTP_URL_FILE=" + write("smtp", "smtp://chat%40example.org:hunter2@relay:2525\n"), "EMOSATION_MAIL_FROM=Chat <chat@example.org>",
	})
	require.NoError(t, err)
	require.Equal(t, "mysql://u:hunter2@db/x", c.DatabaseURL.Reveal())
	require.Equal(t, "redis://:hunter2@r", c.RedisURL.Reveal())
	require.Equal(t, "smtp://chat%40example.org:hunter2@relay:2525", c.SMTPURL.Reveal())
	require.Contains(t, c.String(), "EMOSATION_SMTP_URL=smtp://chat%40example.org:***@relay:2525\nEMOSATION_MAIL_FROM=Chat <chat@example.org>\n")
	_, err = c.SigningKey()
	require.NoError(t, err)
}

func TestNothingPrintsASecret(t *testing.T) {
	key := ed25519Key(t)
	c, err := config.Load([]string{mysql, "EMOSATION_REDIS_URL=rediss://:hunter2@redis:6380", "EMOSATION_JWT_KEY=" + key})
	require.NoError(t, err)
	asJSON, err := json.Marshal(c)
	require.NoError(t, err)
	log := new(strings.Builder)
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(log), zap.InfoLevel)
	zap.New(core).Info("config", zap.Any("config", c), zap.Any("key", c.JWTKey), zap.Any("url", c.DatabaseURL))
	for _, text := range []string{
		c.String(), fmt.Sprint(c), fmt.Sprintf("%+v", c), fmt.Sprintf("%#v", c), fmt.Sprintf("%x %q %#v", c.JWTKey, c.JWTKey, c.JWTKey),
		fmt.Sprintf("%#v %s %d", c.DatabaseURL, c.DatabaseURL, c.DatabaseURL), string(asJSON), log.String(),
	} {
		require.NotContains(t, text, "hunter2")
		require.NotContains(t, text, key[40:60])
		require.Contains(t, text, "***")
	}
	require.Contains(t, c.String(), "EMOSATION_DATABASE_URL=mysql://emosation:***@db:3306/emosation\n")
	require.Contains(t, c.String(), "EMOSATION_REDIS_URL=rediss://:***@redis:6380\n")
	require.Contains(t, c.String(), "EMOSATION_JWT_KEY=***\n")
	require.Contains(t, c.String(), "EMOSATION_RATE_LIMITS=on\n")
}

func TestSigningKeyIsMadeOnceAndKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	c, err := config.Load([]string{"EMOSATION_DATA_DIR=" + dir})
	require.NoError(t, err)
	require.NoDirExists(t, dir, "reading settings changes nothing")

	keys := make([]string, 8)
	var g errgroup.Group
	for i := range keys {
		g.Go(func() error {
			key, err := c.SigningKey()
			keys[i] = string(key)
			return err
		})
	}
	require.NoError(t, g.Wait())
	for _, key := range keys {
		require.Equal(t, keys[0], key)
	}
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 1, "no drafts are left")
	info, err := files[0].Info()
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())
}

func TestADamagedSigningKeyIsNotReplaced(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "jwt.pem"), []byte("half a k"), 0o600))
	c, err := config.Load([]string{"EMOSATION_DATA_DIR=" + dir})
	require.NoError(t, err)
	_, err = c.SigningKey()
	require.ErrorContains(t, err, "jwt.pem is not a PEM block")
}

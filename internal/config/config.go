// Package config reads the program's settings from the environment, once, and says all that is wrong with them.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
	"go.uber.org/zap/zapcore"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/storage"
)

const (
	prefix     = "EMOSATION_"
	fileSuffix = "_FILE"
)

// Config is everything an operator can set. Each field is an EMOSATION_ variable of the name in its tag. Printing it
// shows no password and no key.
type Config struct {
	HTTPAddr       string   `env:"HTTP_ADDR" envDefault:"127.0.0.1:8080"`
	OpsAddr        string   `env:"OPS_ADDR" envDefault:"127.0.0.1:9090"` // health, metrics, pprof: not for the public
	DatabaseURL    URL      `env:"DATABASE_URL"`                         // mysql:// or sqlite://; a file in DataDir if unset
	DataDir        string   `env:"DATA_DIR" envDefault:"./data"`
	RedisURL       URL      `env:"REDIS_URL" envDefault:"embedded"`
	PublicURL      string   `env:"PUBLIC_URL"`      // where people reach us, without a slash at the end
	AllowedOrigins []string `env:"ALLOWED_ORIGINS"` // of web pages that may use the API; PublicURL's if unset
	WebDir         string   `env:"WEB_DIR"`         // a built web app to serve; empty means API only
	// DrainDelay is how long a node that was told to stop goes on as before, but for saying that it is not ready.
	DrainDelay Seconds `env:"DRAIN_DELAY" envDefault:"0"`
	// TrustedProxies may say who their clients are, beside programs on this machine.
	TrustedProxies Networks `env:"TRUSTED_PROXIES"`

	// Where the certificate of PublicURL comes from, if this program ends TLS itself: two PEM files, which are read again when
	// they change, or a CA that speaks ACME.
	TLSCert       string   `env:"TLS_CERT"`
	TLSKey        string   `env:"TLS_KEY"`
	ACMEHosts     []string `env:"ACME_HOSTS"`
	ACMEEmail     string   `env:"ACME_EMAIL"`
	ACMEDirectory string   `env:"ACME_DIRECTORY"` // of the CA; Let's Encrypt's if unset
	// RedirectAddr is where plain HTTP is answered with the way to PublicURL.
	RedirectAddr string `env:"REDIRECT_ADDR"`

	JWTKey     Secret        `env:"JWT_KEY"` // PEM, PKCS #8, Ed25519; see SigningKey
	LogLevel   zapcore.Level `env:"LOG_LEVEL" envDefault:"info"`
	RateLimits Switch        `env:"RATE_LIMITS" envDefault:"on"` // off is for load and race tests
	// OTLPURL is the collector of traces, and TraceRatio how many of them it gets; nothing is traced without one.
	OTLPURL    URL   `env:"OTLP_URL"`
	TraceRatio Ratio `env:"TRACE_RATIO" envDefault:"0.1"`
	// RoomMaxCapacity is how many people the host of a plain group room may let in.
	RoomMaxCapacity Seats `env:"ROOM_MAX_CAPACITY" envDefault:"100"`
	// PurgeAfterDays is how long a closed account can be restored before it is removed for good.
	PurgeAfterDays Days `env:"PURGE_AFTER_DAYS" envDefault:"30"`
	// TimeZone is whose calendar says which hour, day or week a message belongs to.
	TimeZone Zone `env:"TIME_ZONE" envDefault:"Asia/Seoul"`
	// Emotion is what messages are read by, where room and author allow it.
	Emotion emotion.Mode `env:"EMOTION" envDefault:"embedded"`

	// SMTPURL is the relay that takes our mails: smtp:// or smtps://. Without one there are none, unless the database is embedded:
	// then they are shown to the operator.
	SMTPURL URL `env:"SMTP_URL"`
	// MailFrom is whom mails are from: an address, with a name before it or not.
	MailFrom string `env:"MAIL_FROM"`

	// The remote engine of mode openai: any server that speaks OpenAI's protocol.
	OpenAIBaseURL URL    `env:"OPENAI_BASE_URL"`
	OpenAIAPIKey  Secret `env:"OPENAI_API_KEY"`
	OpenAIModel   string `env:"OPENAI_MODEL"`
	// The prices of a million tokens, and what a day may cost in their currency. A limit that is 0 bounds nothing.
	OpenAIInputPrice  Amount `env:"OPENAI_INPUT_PRICE" envDefault:"0"`
	OpenAIOutputPrice Amount `env:"OPENAI_OUTPUT_PRICE" envDefault:"0"`
	OpenAIDailyBudget Amount `env:"OPENAI_DAILY_BUDGET" envDefault:"0"`
	OpenAIDailyTokens Count  `env:"OPENAI_DAILY_TOKENS" envDefault:"2000000"`
	// OpenAIUserDailyMessages is how many messages of one person it reads a day.
	OpenAIUserDailyMessages Count `env:"OPENAI_USER_DAILY_MESSAGES" envDefault:"300"`
}

// secrets are the variables that can be given as a file too: NAME_FILE holds its path.
func secrets() []string {
	return []string{"DATABASE_URL", "REDIS_URL", "JWT_KEY", "SMTP_URL", "OPENAI_API_KEY"}
}

// Load reads an environment in the form of os.Environ. The error joins one line for each mistake, each beginning
// with the name of the variable. A variable set to nothing counts as unset.
func Load(environ []string) (Config, error) {
	values, mistakes := collect(environ)
	var c Config
	err := env.ParseWithOptions(&c, env.Options{Environment: values})
	mistakes = append(mistakes, parseMistakes(err)...)
	c.setDefaults()
	mistakes = append(mistakes, c.check()...)
	return c, errors.Join(mistakes...)
}

// Embedded tells whether this process needs no server beside it: SQLite and the Redis inside the process.
func (c Config) Embedded() bool {
	return c.EmbeddedDatabase() && c.RedisURL.Reveal() == storage.EmbeddedRedis
}

// EmbeddedDatabase tells whether SQL is a file of this process, which no other node shares.
func (c Config) EmbeddedDatabase() bool {
	return strings.HasPrefix(c.DatabaseURL.Reveal(), "sqlite://")
}

// String lists the effective settings, one NAME=value a line, secrets masked.
func (c Config) String() string {
	var lines strings.Builder
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Config]()) {
		value := reflect.ValueOf(c).FieldByIndex(field.Index).Interface()
		if list, ok := value.([]string); ok {
			value = strings.Join(list, ",")
		}
		fmt.Fprintf(&lines, "%s%s=%v\n", prefix, field.Tag.Get("env"), value)
	}
	return lines.String()
}

// collect picks our variables, without their prefix, and puts the content of files in the place of their names.
func collect(environ []string) (values map[string]string, mistakes []error) {
	known := names()
	values = map[string]string{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		name, ours := strings.CutPrefix(name, prefix)
		switch {
		case !ours || value == "":
		case slices.Contains(known, name), slices.Contains(secrets(), strings.TrimSuffix(name, fileSuffix)):
			values[name] = value
		default:
			mistakes = append(mistakes, mistake(name, errors.New("is not a setting of this program")))
		}
	}
	for _, name := range secrets() {
		if err := readSecret(values, name); err != nil {
			mistakes = append(mistakes, mistake(name+fileSuffix, err))
		}
	}
	return values, mistakes
}

// names are the variables of Config, without their prefix.
func names() []string {
	var names []string
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Config]()) {
		names = append(names, field.Tag.Get("env"))
	}
	return names
}

// parseMistakes names the variables where the parser names fields.
func parseMistakes(err error) (mistakes []error) {
	all, ok := errors.AsType[env.AggregateError](err)
	if !ok {
		if err != nil {
			mistakes = append(mistakes, err)
		}
		return mistakes
	}
	for _, err := range all.Errors {
		if parse, ok := errors.AsType[env.ParseError](err); ok {
			field, _ := reflect.TypeFor[Config]().FieldByName(parse.Name)
			err = mistake(field.Tag.Get("env"), parse.Err)
		}
		mistakes = append(mistakes, err)
	}
	return mistakes
}

func mistake(name string, err error) error { return fmt.Errorf("%s%s: %w", prefix, name, err) }

// setDefaults fills what depends on other settings.
func (c *Config) setDefaults() {
	if c.DatabaseURL == (URL{}) {
		path := filepath.Join(c.DataDir, "emosation.db")
		if absolute, err := filepath.Abs(path); err == nil {
			path = absolute
		}
		c.DatabaseURL = URL{"sqlite://" + path}
	}
	if c.PublicURL == "" {
		c.PublicURL = "http://" + reachable(c.HTTPAddr)
	}
	c.PublicURL = strings.TrimSuffix(c.PublicURL, "/")
	if len(c.AllowedOrigins) == 0 {
		c.AllowedOrigins = []string{c.PublicURL}
	}
}

// HTTPURL is where this machine reaches the server that listens on bound, whose port may have been chosen for it.
func (c Config) HTTPURL(bound net.Addr) string {
	if strings.HasSuffix(c.HTTPAddr, ":0") {
		scheme := "http://"
		if c.endsTLS() {
			scheme = "https://"
		}
		return scheme + reachable(bound.String())
	}
	return c.PublicURL
}

// EngineHost is where texts go to be read; empty when they stay on this server.
func (c Config) EngineHost() string {
	if c.Emotion != emotion.ModeOpenAI {
		return ""
	}
	u, err := url.Parse(c.OpenAIBaseURL.Reveal())
	if err != nil {
		return "" // which is reported when the settings are read
	}
	return u.Host
}

// OpsURL is where this machine reaches the private listener.
func (c Config) OpsURL() string { return "http://" + reachable(c.OpsAddr) }

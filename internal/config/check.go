package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/emosation/emosation/internal/mail/smtp"
	"github.com/emosation/emosation/internal/storage"
)

// check returns a mistake for every setting that the program could not run with.
func (c Config) check() (mistakes []error) {
	found := func(name string, err error) {
		if err != nil {
			mistakes = append(mistakes, mistake(name, err))
		}
	}
	found("HTTP_ADDR", checkAddress(c.HTTPAddr))
	found("OPS_ADDR", checkAddress(c.OpsAddr))
	if c.OpsAddr == c.HTTPAddr && !strings.HasSuffix(c.OpsAddr, ":0") {
		found("OPS_ADDR", errors.New("must differ from "+prefix+"HTTP_ADDR: it is not for the public"))
	}
	found("DATABASE_URL", storage.CheckDatabaseURL(c.DatabaseURL.Reveal()))
	found("REDIS_URL", storage.CheckRedisURL(c.RedisURL.Reveal()))
	found("DATA_DIR", checkDataDir(c.DataDir))
	found("PUBLIC_URL", checkOrigin(c.PublicURL))
	for _, origin := range c.AllowedOrigins {
		if origin != c.PublicURL { // the default; reported once is enough
			found("ALLOWED_ORIGINS", checkOrigin(origin))
		}
	}
	found("WEB_DIR", checkWebDir(c.WebDir))
	found("JWT_KEY", c.checkKey())
	if !c.Emotion.Valid() {
		found("EMOTION", fmt.Errorf("%q is not off, embedded or openai", c.Emotion))
	}
	c.checkTLS(found)
	found("OTLP_URL", checkCollector(c.OTLPURL.Reveal()))
	c.checkMail(found)
	c.checkOpenAI(found)
	return mistakes
}

// checkMail reports what the relay of mails lacks, if there is one.
func (c Config) checkMail(found func(name string, err error)) {
	if c.SMTPURL == (URL{}) {
		return
	}
	found("SMTP_URL", smtp.Check(c.SMTPURL.Reveal()))
	if c.MailFrom == "" {
		found("MAIL_FROM", errors.New("is needed with "+prefix+"SMTP_URL; it is whom mails are from"))
	} else {
		found("MAIL_FROM", smtp.CheckFrom(c.MailFrom))
	}
}

func checkAddress(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%q is not host:port", address)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("%q is not a port", port)
	}
	return nil
}

// checkOrigin wants the form in which browsers send it, since the two are compared as texts.
func checkOrigin(origin string) error {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || origin != strings.ToLower(u.Scheme+"://"+u.Host) {
		return fmt.Errorf("%q is not of the form https://host or http://host:port", origin)
	}
	return nil
}

func checkDataDir(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, os.ErrNotExist): // made when it is needed
		return nil
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%q is not a folder", dir)
	}
	return nil
}

func checkWebDir(dir string) error {
	if dir == "" {
		return nil
	}
	if _, err := os.Stat(filepath.Join(dir, "index.html")); err != nil {
		return fmt.Errorf("holds no built web app: %w", err)
	}
	return nil
}

// reachable turns a listening address into one that a browser on this machine can open.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err != nil || host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost" // also where the address is wrong, which checkAddress reports
	}
	return net.JoinHostPort(host, port)
}

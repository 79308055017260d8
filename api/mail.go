package main

import (
	"fmt"
	"net/http"
	"time"

	"github.com/emosation/emosation/internal/config"
	"github.com/emosation/emosation/internal/mail"
	"github.com/emosation/emosation/internal/mail/smtp"
)

// mailsPath is where the private listener shows the mails that are not sent.
const mailsPath = "/dev/mails"

// newMails returns what sends mails. Without a relay, whoever runs the program for themselves finds them in the tray; on a database
// server there are none at all, rather than mails that somebody waits for in vain.
func newMails(p parts) (mails *mail.Service, tray *mail.Tray, err error) {
	d := mail.Deps{DB: p.db, PublicURL: p.cfg.PublicURL, Now: time.Now, Metrics: p.metrics, Log: p.log}
	switch {
	case p.cfg.SMTPURL != (config.URL{}):
		if d.Sender, err = smtp.Open(p.cfg.SMTPURL.Reveal(), p.cfg.MailFrom, nil); err != nil {
			return nil, nil, fmt.Errorf("mail relay: %w", err)
		}
	case p.cfg.EmbeddedDatabase():
		tray = mail.NewTray(p.log)
		d.Sender = tray
	}
	mails, err = mail.NewService(d)
	return mails, tray, err
}

// withMails shows the tray, if there is one, beside what else operators see.
func withMails(ops http.Handler, tray *mail.Tray) http.Handler {
	if tray == nil {
		return ops
	}
	mux := http.NewServeMux()
	mux.Handle("/", ops)
	mux.Handle("GET "+mailsPath, tray)
	return mux
}

package mail

import (
	"context"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"sync"

	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/mail/smtp"
)

// traySize is how many mails a Tray keeps.
const traySize = 50

// Tray is where mails lie that are not sent, for whoever runs the server for themselves: in its log and on a page.
type Tray struct {
	log *zap.Logger

	mu    sync.Mutex
	mails []smtp.Message // the newest last
}

// NewTray returns an empty tray.
func NewTray(log *zap.Logger) *Tray { return &Tray{log: log} }

// Send puts a mail where the operator finds it. Whom it is for stands on the page alone: logs outlive accounts.
func (t *Tray) Send(_ context.Context, m smtp.Message) error {
	t.log.Info("a mail is not sent but shown", zap.String("mail", m.ID), zap.String("subject", m.Subject), zap.String("text", m.Text))
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mails = append(t.mails, m)
	if over := len(t.mails) - traySize; over > 0 {
		t.mails = slices.Delete(t.mails, 0, over)
	}
	return nil
}

// ServeHTTP shows the latest mails, the newest first.
func (t *Tray) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	t.mu.Lock()
	mails := slices.Clone(t.mails)
	t.mu.Unlock()
	slices.Reverse(mails)
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	header.Set("Referrer-Policy", "no-referrer")
	if err := trayPage().Execute(w, mails); err != nil {
		t.log.Debug("the page of mails did not arrive", zap.Error(err))
	}
}

func trayPage() *template.Template {
	return template.Must(template.New("mails").Funcs(template.FuncMap{
		"lines": func(text string) []string { return strings.Split(strings.TrimSpace(text), "\n") },
		"link": func(line string) bool {
			return strings.HasPrefix(line, "http://") || strings.HasPrefix(line, "https://")
		},
	}).Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Mails that were not sent</title>
<style>body{font:16px/1.5 system-ui;max-width:45rem;margin:2rem auto;padding:0 1rem}article{border-top:1px solid;margin-top:2rem}p{margin:0;min-height:1.5em;overflow-wrap:anywhere}</style>
<h1>Mails that were not sent</h1>
<p>This server has no EMOSATION_SMTP_URL, so its mails go nowhere but here. The latest come first.</p>
{{range .}}
<article lang="{{.Language}}">
<h2>{{.Subject}}</h2>
<p>{{.To}}, <time>{{.Date.UTC.Format "2006-01-02 15:04:05"}} UTC</time></p>
<p></p>
{{range lines .Text}}<p>{{if link .}}<a href="{{.}}">{{.}}</a>{{else}}{{.}}{{end}}</p>
{{end}}</article>
{{else}}<p>None yet.</p>
{{end}}
</html>
`))
}

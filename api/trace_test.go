package main

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/config"
)

// purges has everything that is due purged now, by another node.
func (w *town) purges(t *testing.T) {
	t.Helper()
	cfg, err := config.Load(w.settings)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	base, closeBase, err := open(ctx, program{environ: w.settings, out: io.Discard, err: w.logged, now: time.Now, hashCost: cheap}, cfg)
	require.NoError(t, err)
	d, err := newDomains(base)
	require.NoError(t, err)
	written := make(chan error, 1)
	go func() { written <- d.messages.Run(ctx) }()
	require.NoError(t, d.lifecycle.Purge(ctx))
	stop()
	require.NoError(t, <-written)
	require.NoError(t, closeBase())
}

// TestNothingRemainsOfSomebodyWhoIsPurged follows a life over the whole API, and looks for the e-mail and the nickname afterwards: in
// every table, in every key of Redis and in what the server has logged.
func TestNothingRemainsOfSomebodyWhoIsPurged(t *testing.T) {
	box := newMailbox(t)
	w := newTown(t, serverStack(t), time.Now, append(relay(box), "EMOSATION_LOG_LEVEL=debug")...)
	const nickname = "Needlework"
	gone, other := newcomer(t, w.client, w.url, nickname), w.person(t, "Haystack")
	direct := befriend(t, gone, other)
	socket := gone.dial(t)
	socket.send(t, map[string]any{"type": "enter", "room": direct, "sinceRev": 0})
	socket.waitType(t, "entered")
	first := gone.read(t, direct, "I am so happy today!")
	gone.meant(t, direct, first.Seq, "joy", "")
	other.must(t, http.MethodPost, messages(direct), note("so am I"))
	other.must(t, http.MethodPut, messages(direct)+"/"+itoa(first.Seq)+"/reactions/%F0%9F%91%8D", nil)
	group := gone.opens(t, newRoom(4)).Id
	other.joins(t, group)
	gone.must(t, http.MethodPost, messages(group), note("welcome"))
	gone.must(t, http.MethodPost, "/emotion/preview", map[string]any{"text": "how does this read?"})
	gone.must(t, http.MethodGet, "/users/me/export", nil)
	other.must(t, http.MethodGet, "/users?query="+nickname, nil)
	other.must(t, http.MethodGet, "/users?query="+url.QueryEscape(gone.email), nil)
	w.machine().call(t, http.MethodPost, "/auth/login", map[string]any{"email": gone.email, "password": "not the password"})
	w.machine().must(t, http.MethodPost, "/auth/password-resets", map[string]any{"email": gone.email})
	mailed(t, "/reset", gone.email, func() (texts []string) {
		for _, m := range box.Mails() {
			texts = append(texts, m.To+"\n"+m.Text)
		}
		return texts
	})

	gone.proves(t)
	gone.must(t, http.MethodDelete, "/users/me?messages=delete", nil)
	w.admin.proves(t)
	w.admin.must(t, http.MethodGet, "/admin/users?q="+nickname, nil)
	w.admin.must(t, http.MethodGet, "/admin/users/"+itoa(gone.id), nil)
	require.Contains(t, allRows(t, w.stack), gone.email, "an admin can still restore it")
	w.admin.must(t, http.MethodPut, "/admin/users/"+itoa(gone.id)+"/purge-date", map[string]any{"purgeAfter": time.Now().Add(-time.Minute)})
	w.purges(t)
	w.admin.refused(t, "account.unknown", http.MethodGet, "/admin/users/"+itoa(gone.id), nil)
	for _, m := range other.history(t, direct) {
		require.True(t, m.Sender == other.id || m.DeletedAt != nil, "%q stayed", m.Body)
	}

	require.Equal(t, exitOK, w.stop())
	for where, text := range map[string]string{"tables": allRows(t, w.stack), "Redis": allKeys(t, w.stack.Redis), "log": w.logged.rest()} {
		require.NotEmpty(t, text, where)
		for _, trace := range []string{gone.email, nickname, gone.token, gone.refresh} {
			require.NotContains(t, strings.ToLower(text), strings.ToLower(trace), where)
		}
	}
}

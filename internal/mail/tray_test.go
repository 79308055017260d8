package mail_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/emosation/emosation/internal/mail"
	"github.com/emosation/emosation/internal/mail/smtp"
)

func page(t *testing.T, tray *mail.Tray) string {
	t.Helper()
	answer := httptest.NewRecorder()
	tray.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/dev/mails", nil))
	require.Equal(t, http.StatusOK, answer.Code)
	require.Equal(t, "text/html; charset=utf-8", answer.Header().Get("Content-Type"))
	require.Equal(t, "no-store", answer.Header().Get("Cache-Control"))
	return answer.Body.String()
}

func TestMailsThatAreNotSentAreShown(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	tray := mail.NewTray(zap.New(core))
	require.Contains(t, page(t, tray), "None yet")
	for i := range 60 {
		require.NoError(t, tray.Send(t.Context(), smtp.Message{
			ID: fmt.Sprint("reset-", i), To: fmt.Sprintf("u%d@example.org", i), Subject: fmt.Sprintf("Subject %d.", i), Language: "en", Date: morning,
			Text: "One <b>line</b>\n\nhttps://chat.example.org/reset#token=ABC&x\nand more\n",
		}))
	}
	got := page(t, tray)
	require.Equal(t, 50, strings.Count(got, "<article"), "the last ones")
	require.NotContains(t, got, "Subject 9.")
	require.Less(t, strings.Index(got, "Subject 59."), strings.Index(got, "Subject 58."), "the newest first")
	require.Contains(t, got, "u59@example.org")
	require.Contains(t, got, `<a href="https://chat.example.org/reset#token=ABC&amp;x">https://chat.example.org/reset#token=ABC&amp;x</a>`)
	require.Contains(t, got, "One &lt;b&gt;line&lt;/b&gt;")

	require.Equal(t, 60, logs.Len())
	entry := logs.All()[59]
	require.Contains(t, entry.ContextMap()["text"], "https://chat.example.org/reset#token=ABC")
	require.NotContains(t, fmt.Sprint(entry.ContextMap()), "u59@example.org", "logs outlive accounts")
}

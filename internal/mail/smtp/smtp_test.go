package smtp_test

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/mail/smtp"
	"github.com/emosation/emosation/internal/testkit/mailbox"
)

var letter = smtp.Message{
	ID: "reset-7", To: "minji@example.org", Subject: "비밀번호를 새로 정해 주세요, please, and soon: it is a long subject", Language: "ko",
	Text: "안녕하세요.\n.\n\nhttps://chat.example.org/reset#token=ABCDEFGHIJKLMNOPQRSTUVWXYZ=\n", Date: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
}

func start(t *testing.T, o mailbox.Options) *mailbox.Server {
	t.Helper()
	s, err := mailbox.Start(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Stop()) })
	return s
}

func open(t *testing.T, url string, roots *x509.CertPool) *smtp.Relay {
	t.Helper()
	r, err := smtp.Open(url, "새벽도 채팅 <chat@example.org>", roots)
	require.NoError(t, err)
	return r
}

func TestAMailArrivesAsItWasWritten(t *testing.T) {
	for name, o := range map[string]mailbox.Options{
		"STARTTLS":                 {StartTLS: true},
		"STARTTLS with a password": {StartTLS: true, User: "chat", Password: "hunter2"},
		"TLS":                      {TLS: true},
		"TLS with a password":      {TLS: true, User: "chat", Password: "hunter2"},
		"on this machine":          {},
	} {
		t.Run(name, func(t *testing.T) {
			box := start(t, o)
			require.NoError(t, open(t, box.URL(), box.Roots).Send(t.Context(), letter))
			mails := box.Mails()
			require.Len(t, mails, 1)
			got := mails[0]
			require.Equal(t, "chat@example.org", got.From)
			require.Equal(t, letter.To, got.To)
			require.Equal(t, letter.Subject, got.Subject)
			require.Equal(t, letter.Text, got.Text)
			require.Equal(t, "<reset-7@example.org>", got.Header.Get("Message-ID"))
			require.Equal(t, "auto-generated", got.Header.Get("Auto-Submitted"))
			require.Equal(t, "ko", got.Header.Get("Content-Language"))
			require.Equal(t, "text/plain; charset=UTF-8", got.Header.Get("Content-Type"))
			date, err := got.Header.Date()
			require.NoError(t, err)
			require.True(t, letter.Date.Equal(date))
			from, err := got.Header.AddressList("From")
			require.NoError(t, err)
			require.Equal(t, "새벽도 채팅", from[0].Name)
			for line := range strings.SplitSeq(got.Raw, "\n") {
				require.LessOrEqual(t, len(line), 78)
				require.NotRegexp(t, `[^\x00-\x7f]`, line, "what no relay has to understand")
			}
		})
	}
}

func TestARelayThatCannotBeTrustedGetsNothing(t *testing.T) {
	plain := start(t, mailbox.Options{User: "chat", Password: "hunter2"})
	simple := start(t, mailbox.Options{})
	encrypted := start(t, mailbox.Options{StartTLS: true, User: "chat", Password: "hunter2"})
	for name, c := range map[string]struct {
		url   string
		roots *x509.CertPool
	}{
		"it has no TLS":             {"smtp://chat:hunter2@" + plain.Address, nil},
		"it has no TLS for anybody": {"smtp://" + simple.Address, nil},
		"it speaks no TLS":          {"smtps://chat:hunter2@" + plain.Address, nil},
		"its certificate":           {encrypted.URL(), nil},
		"it has another password":   {strings.Replace(encrypted.URL(), "hunter2", "hunter3", 1), encrypted.Roots},
		"it wants a password":       {"smtp://" + encrypted.Address, encrypted.Roots},
	} {
		t.Run(name, func(t *testing.T) {
			err := open(t, c.url, c.roots).Send(t.Context(), letter)
			require.Error(t, err)
			require.NotErrorIs(t, err, smtp.ErrRefused, "an operator can mend that")
			require.NotContains(t, err.Error(), "hunter")
		})
	}
	require.Empty(t, simple.Mails())
	require.Empty(t, plain.Mails())
	require.Empty(t, encrypted.Mails())
}

func TestWhatIsRefusedForGoodIsToldFromWhatIsNot(t *testing.T) {
	for name, c := range map[string]struct {
		code    int
		data    bool
		forGood bool
	}{
		"no such mailbox":      {550, false, true},
		"the mailbox is full":  {452, false, false},
		"greylisted":           {451, false, false},
		"held for spam":        {554, true, true},
		"busy with the mail":   {451, true, false},
		"about to be shut off": {421, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			box := start(t, mailbox.Options{Answer: func(to string, data bool) error {
				if data != c.data {
					return nil
				}
				return mailbox.Refusal(c.code, "no mail for "+to)
			}})
			err := open(t, box.URL(), nil).Send(t.Context(), letter)
			require.Error(t, err)
			require.Equal(t, c.forGood, errors.Is(err, smtp.ErrRefused), err.Error())
			require.NotContains(t, err.Error(), "minji", "logs outlive accounts")
			require.Contains(t, err.Error(), strconv.Itoa(c.code))
			require.Empty(t, box.Mails())
		})
	}
}

func TestARelayThatIsNotThereOrSilentIsNoRefusal(t *testing.T) {
	box, err := mailbox.Start(mailbox.Options{})
	require.NoError(t, err)
	gone := box.URL()
	require.NoError(t, box.Stop())
	require.NotErrorIs(t, sendTo(t, t.Context(), gone), smtp.ErrRefused)

	var listen net.ListenConfig
	silent, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { silent.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NotErrorIs(t, sendTo(t, ctx, "smtp+insecure://"+silent.Addr().String()), smtp.ErrRefused)
}

func sendTo(t *testing.T, ctx context.Context, url string) error {
	t.Helper()
	err := open(t, url, nil).Send(ctx, letter)
	require.Error(t, err)
	return err
}

func TestNoHeaderIsSmuggledIn(t *testing.T) {
	box := start(t, mailbox.Options{})
	relay := open(t, box.URL(), nil)
	for _, to := range []string{
		"minji@example.org\r\nBcc: all@example.org", "minji@example.org\nBcc: all@example.org", "a@example.org, b@example.org",
		"minji@example.org>\r\nRCPT TO:<all@example.org", "", "minji",
	} {
		m := letter
		m.To = to
		require.ErrorIs(t, relay.Send(t.Context(), m), smtp.ErrRefused, "%q", to)
	}
	require.Empty(t, box.Mails())
	m := letter
	m.Subject, m.Language, m.ID = "hello\r\nBcc: all@example.org", "ko\r\nBcc: all@example.org", "x\r\nBcc: all@example.org"
	_ = relay.Send(t.Context(), m) // whether it is taken or not
	for _, got := range box.Mails() {
		require.Empty(t, got.Header.Get("Bcc"))
	}
}

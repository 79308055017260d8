package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/doctor"
)

func TestTheDoctorTriesTheSocketsOfAServer(t *testing.T) {
	server := start(t, embedded(t))
	ann := newcomer(t, http.DefaultClient, server.url, "Ann")
	got := command(t, ann.email+"\n"+testPassword+"\n", nil, "doctor", "-json", "-login", server.url)
	require.Equal(t, exitOK, got.code, got.err+got.out)
	report := decoded[doctor.Report](t, []byte(got.out))
	found := make(map[string]doctor.Status)
	for _, r := range report.Results {
		found[r.Check] = r.Status
	}
	require.Equal(t, map[string]doctor.Status{
		"name": doctor.OK, "connection": doctor.OK, "certificate": doctor.Warn, "page": doctor.Warn, // neither TLS nor a web app
		"operators": doctor.OK, "API": doctor.OK, "clock": doctor.OK, "keys": doctor.OK, "nodes": doctor.OK, "origins": doctor.Warn, // a port was chosen for it
		"socket": doctor.OK, "foreign pages": doctor.OK, "account": doctor.OK, "cookie": doctor.OK, "live": doctor.OK,
		"address": doctor.Warn, // who is on this machine may be a proxy
	}, found)
	require.Len(t, ann.sessions(t), 1, "it has signed out")
	require.NotContains(t, got.out, ann.email)

	wrong := command(t, ann.email+"\nno\n", nil, "doctor", "-login", server.url)
	require.Equal(t, exitFailed, wrong.code)
	require.Contains(t, wrong.out, "FAIL  account")
	require.Contains(t, wrong.err, "1 of 13 checks failed")
}

// sessions are the sign-ins of a person that go on.
func (p *person) sessions(t *testing.T) []json.RawMessage {
	t.Helper()
	return decoded[struct{ Items []json.RawMessage }](t, p.must(t, http.MethodGet, "/auth/sessions", nil)).Items
}

func TestTheDoctorWantsOneURL(t *testing.T) {
	for _, args := range [][]string{
		{}, {"https://a.example", "https://b.example"}, {"chat.example.org"}, {"-ca", "/nowhere", "https://a.example"}, {"-what"},
		{"-ops-port", "ops", "https://a.example"}, {"-http-port", "70000", "https://a.example"}, {"-login", "https://a.example"},
	} {
		got := command(t, "", nil, append([]string{"doctor"}, args...)...)
		require.Equal(t, exitUsage, got.code, args)
		require.NotEmpty(t, got.err)
	}
	require.Equal(t, exitOK, command(t, "", nil, "doctor", "-help").code)
}

func TestASocketThatNobodyAnswersEndsTheWait(t *testing.T) {
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer silent.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	_, err := openSocket(ctx, &http.Client{Timeout: 20 * time.Millisecond}, "ws"+strings.TrimPrefix(silent.URL, "http"), nil, nil)
	require.Error(t, err)
	require.NoError(t, ctx.Err(), "the client's patience has ended it")
}

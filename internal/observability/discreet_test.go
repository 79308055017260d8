package observability_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/observability"
)

func TestErrorsQuoteNobodyInTheLog(t *testing.T) {
	const token = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiI3In0.c2lnbmF0dXJl"
	for given, want := range map[string]string{
		"register: Error 1062 (23000): Duplicate entry 'min.ji+1@mail.example.org' for key 'users_email'": "register: Error 1062 (23000): Duplicate entry '…' for key 'users_email'",
		"relay: <민지@예시.한국> unknown":                                                                       "relay: <…> unknown",
		"Duplicate entry 'o'brien/x=1@example.org' for key":                                               "Duplicate entry '…' for key",
		"Get \"/users?query=min.ji%40example.org\": EOF":                                                  "Get \"…\": EOF",
		"bearer " + token + " refused":                                                                    "bearer … refused",
		`Get "https://a.example/?t=` + token + `": EOF`:                                                   `Get "https://a.example/?t=…": EOF`,
		"ERR unknown command 'HELO', with args beginning with: 'emosation:ticket:abc' 'secret'":           "ERR unknown command 'HELO'…",
		"dial tcp 10.0.0.7:3306: connect: connection refused":                                             "dial tcp 10.0.0.7:3306: connect: connection refused",
	} {
		out := new(strings.Builder)
		log := observability.NewLogger(zap.DebugLevel, out)
		log.Debug("first", zap.Int("n", 7), zap.Error(errors.New(given)))
		log.With(zap.Error(fmt.Errorf("outer: %w", errors.New(given)))).Warn("second")
		zap.NewStdLog(log).Print(given) // as net/http does
		log.Error("third", zap.NamedError("cause", errors.Join(io.EOF, errors.New(given))))
		require.NotContains(t, out.String(), "@mail")
		require.NotContains(t, out.String(), token)
		require.NotContains(t, out.String(), "example.org")
		require.Contains(t, out.String(), fmt.Sprintf(`"message":%s`, quoted(t, want)))
		require.Contains(t, out.String(), fmt.Sprintf(`"error":%s`, quoted(t, want)))
		require.Contains(t, out.String(), fmt.Sprintf(`"error":%s`, quoted(t, "outer: "+want)))
		require.Contains(t, out.String(), fmt.Sprintf(`"cause":%s`, quoted(t, "EOF\n"+want)))
	}
}

func TestALevelThatIsOffCostsAndSaysNothing(t *testing.T) {
	out := new(strings.Builder)
	log := observability.NewLogger(zap.WarnLevel, out)
	require.Nil(t, log.Check(zap.InfoLevel, "not this"))
	log.Warn("this")
	require.Equal(t, 1, strings.Count(out.String(), "\n"))
}

func TestPanicsQuoteNobody(t *testing.T) {
	caught := func(fn func()) (text string) {
		defer func() { text = observability.Panicked(recover()) }()
		fn()
		return ""
	}
	require.Equal(t, "string", caught(func() { panic("what somebody wrote") }))
	require.Equal(t, "*errors.errorString", caught(func() { panic(errors.New("what somebody wrote")) }))
	var list []int
	require.Equal(t, "runtime error: index out of range [3] with length 0", caught(func() { list[len("abc")]++ }))
}

func TestTheSenderOfARequestIsKnownWhereItIsLogged(t *testing.T) {
	ctx := observability.WithRequestID(t.Context(), "0af7651916cd43dd")
	require.Zero(t, observability.SenderFrom(ctx))
	observability.SentBy(context.WithoutCancel(ctx), 7) // further inside
	require.EqualValues(t, 7, observability.SenderFrom(ctx))
	observability.SentBy(t.Context(), 7)
	require.Zero(t, observability.SenderFrom(t.Context()), "no request")
}

func quoted(t *testing.T, text string) string {
	t.Helper()
	encoded, err := json.Marshal(text)
	require.NoError(t, err)
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(encoded))
}

package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/config"
	"github.com/emosation/emosation/internal/observability"
)

func TestAPanicIsLoggedByItsPlaceAndNotByItsWords(t *testing.T) {
	const secret = "what somebody wrote"
	out := new(strings.Builder)
	e := newEcho(observability.NewLogger(zap.DebugLevel, out), observability.NewHTTPMetrics(prometheus.NewRegistry()), config.Networks{})
	panics := map[string]func(){
		"/text":    func() { panic(secret) },
		"/error":   func() { panic(errors.New(secret)) },
		"/runtime": func() { _ = strings.Fields(secret)[9] },
	}
	for path, fn := range panics {
		e.GET(path, func(echo.Context) error {
			fn()
			return nil
		})
		answer := httptest.NewRecorder()
		e.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
		require.Equal(t, http.StatusInternalServerError, answer.Code)
		require.NotContains(t, answer.Body.String(), secret)
	}
	require.NotContains(t, out.String(), secret)
	require.Equal(t, len(panics), strings.Count(out.String(), `"message":"panic"`))
	require.Contains(t, out.String(), "index out of range [9] with length 3")
	require.Contains(t, out.String(), "observe_test.go")
}

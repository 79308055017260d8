package rest

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/api/openapi"
)

func TestAnOperationWithoutAGateIsShut(t *testing.T) {
	c := echo.New().NewContext(httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder())
	open := func(echo.Context, any) (any, error) {
		t.Error("it was let through")
		return nil, nil
	}
	_, err := admittedOnly(open, "GetMe")(c, nil)
	require.ErrorIs(t, err, echo.ErrNotFound)
}

func TestEveryRouteOfTheDescriptionHasItsGate(t *testing.T) {
	doc, err := openapi.GetSpec()
	require.NoError(t, err)
	all := newGates(doc, gatekeeper{})
	e := echo.New()
	require.NoError(t, Register(e, Deps{}))
	for _, route := range e.Routes() {
		require.Contains(t, all, route.Method+" "+route.Path)
	}
	require.Len(t, e.Routes(), len(all))
}

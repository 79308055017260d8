package rest

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
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

func TestTheDescriptionSaysWhoMayUseAnOperation(t *testing.T) {
	box := openapi3.SecurityRequirement{"boxKey": {}}
	token := openapi3.SecurityRequirement{"accessToken": {}}
	admin := []string{"admin"}
	for name, c := range map[string]struct {
		path string
		tags []string
		said *openapi3.SecurityRequirements
		want audience
	}{
		"nothing said":               {"/rooms", nil, nil, people},
		"nobody is asked":            {"/auth/login", nil, &openapi3.SecurityRequirements{}, anybody},
		"a token":                    {"/ws", nil, &openapi3.SecurityRequirements{token}, people},
		"a box":                      {"/boxes/1", nil, &openapi3.SecurityRequirements{box}, boxes},
		"a box or a person":          {"/boxes/1", nil, &openapi3.SecurityRequirements{box, token}, people},
		"an admin":                   {"/audit", admin, nil, admins},
		"an admin, without a tag":    {"/admin/audit", nil, nil, admins},
		"an admin, opened to all":    {"/admin/audit", nil, &openapi3.SecurityRequirements{}, admins},
		"an admin, opened to a box":  {"/audit", admin, &openapi3.SecurityRequirements{box}, admins},
		"not quite the admins' path": {"/administrators", nil, nil, people},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, audienceOf(c.path, &openapi3.Operation{Tags: c.tags, Security: c.said}))
		})
	}
}

package rest

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/api/openapi"
)

// What is let through at a glance is what the validator of the description lets through, unchanged.
func TestWhatIsPlainlyRightIsRight(t *testing.T) {
	doc, err := openapi.GetSpec()
	require.NoError(t, err)
	all := newGates(doc, gatekeeper{})
	e := echo.New()
	require.NoError(t, Register(e, Deps{}))
	queries := []string{""}
	for _, name := range []string{"limit", "before", "after", "since_rev", "page", "size", "radius", "q", "zip", "unknown"} {
		for _, value := range []string{"0", "1", "7", "50", "100", "200", "201", "-1", "+1", "01", "1.0", "1e2", "", "x", "9223372036854775807", "9223372036854775808", "1&" + name + "=2"} {
			queries = append(queries, name+"="+value)
		}
	}
	queries = append(queries, "limit=100&before=7", "before=1&after=2&limit=3", "limit", "limit=1;before=2", "limit=%31", "%zz")
	plainly, looked := make(map[string]int), 0
	for _, key := range slices.Sorted(maps.Keys(all)) {
		gate := all[key]
		method, route, _ := strings.Cut(key, " ")
		for _, value := range []string{"1", "0", "-5", "x", "%31", "9223372036854775807", "9223372036854775808"} {
			for _, query := range queries {
				path := strings.NewReplacer(":roomId", value, ":userId", value, ":sessionId", value, ":seq", value, ":emoji", value,
					":storeId", value, ":itemId", value, ":boxId", value).Replace(route)
				r := httptest.NewRequest(method, path, nil)
				r.URL.RawQuery, r.Body = query, http.NoBody
				c := e.NewContext(r, httptest.NewRecorder())
				e.Router().Find(method, echo.GetPath(r), c)
				if !gate.plain.right(c) {
					continue
				}
				plainly[key]++
				looked++
				input := &openapi3filter.RequestValidationInput{
					Request: c.Request(), PathParams: pathParams(c), Route: gate.route, Options: gate.options,
				}
				require.NoError(t, openapi3filter.ValidateRequest(t.Context(), input), "%s %s?%s", method, path, query)
				require.Equal(t, query, c.Request().URL.RawQuery, "%s %s", method, path)
			}
		}
	}
	require.Positive(t, plainly["GET /api/v1/rooms/:roomId/messages"], "this is what it is for")
	require.Greater(t, looked, 1000)
	require.Zero(t, plainly["POST /api/v1/rooms/:roomId/messages"], "a body is read closely")
}

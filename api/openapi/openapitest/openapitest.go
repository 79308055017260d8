// Package openapitest holds what is sent over the wire to openapi.yaml, to the letter. Tests only.
package openapitest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/emosation/emosation/api/openapi"
)

// contract is the description, what finds its operations, and the status of each code that problems have.
type contract struct {
	doc    *openapi3.T
	router routers.Router
	codes  map[string]int
}

// load reads the description once for all tests of a binary.
var load = sync.OnceValues(func() (contract, error) {
	doc, err := openapi.GetSpec()
	if err != nil {
		return contract{}, err
	}
	for _, schema := range doc.Components.Schemas {
		closeObjects(schema.Value)
	}
	router, err := gorillamux.NewRouter(doc)
	return contract{doc, router, Codes(doc)}, err
})

// Codes reads which codes problems have, and with which status, from the list in the description of ProblemCode.
func Codes(doc *openapi3.T) map[string]int {
	codes := make(map[string]int)
	for item := range strings.SplitSeq(doc.Components.Schemas["ProblemCode"].Value.Description, "\n- ") {
		status, names, _ := strings.Cut(item, ": ")
		number, err := strconv.Atoi(status)
		if err != nil {
			continue // what stands before the list
		}
		for i, name := range strings.Split(names, "`") {
			if i%2 == 1 {
				codes[name] = number
			}
		}
	}
	return codes
}

// closeObjects refuses properties that are not described. Clients must ignore what they do not know, so the
// description itself leaves objects open; what our own program sends must be described all the same. What consists of
// another schema is closed there.
func closeObjects(schema *openapi3.Schema) {
	if schema.Type.Is(openapi3.TypeObject) && len(schema.AllOf) == 0 && schema.AdditionalProperties.Schema == nil {
		schema.AdditionalProperties.Has = new(bool)
	}
	for _, property := range schema.Properties {
		if property.Ref == "" {
			closeObjects(property.Value)
		}
	}
	if schema.Items != nil && schema.Items.Ref == "" {
		closeObjects(schema.Items.Value)
	}
}

// socketPath is an operation that the generated description leaves out, since its answer is a connection.
const socketPath = "/api/v1/ws"

// validation is how values are compared with schemas: all that is wrong, in few words.
func validation() []openapi3.SchemaValidationOption {
	return []openapi3.SchemaValidationOption{
		openapi3.MultiErrors(),
		openapi3.DisableSchemaErrorDetails(),
		openapi3.WithStringFormatValidator("uuid", openapi3.NewRegexpFormatValidator(openapi3.FormatOfStringForUUIDOfRFC9562)),
	}
}

// Frame fails the test unless every envelope of a socket frame is what the schema of that name, ServerEnvelope or
// ClientEnvelope, describes.
func Frame(t testing.TB, schema string, frame []byte) {
	t.Helper()
	c, err := load()
	if err != nil {
		t.Fatal(err)
	}
	ref := c.doc.Components.Schemas[schema]
	if ref == nil {
		t.Fatalf("openapi.yaml has no schema %s", schema)
	}
	for envelope := range bytes.Lines(frame) {
		decoder := json.NewDecoder(bytes.NewReader(envelope))
		decoder.UseNumber()
		var value any
		if err := decoder.Decode(&value); err != nil {
			t.Errorf("no JSON: %s\n%v", envelope, err)
			continue
		}
		if err := ref.Value.VisitJSON(value, validation()...); err != nil {
			t.Errorf("not a %s: %s\n%v", schema, bytes.TrimSpace(envelope), err)
		}
		if object, _ := value.(map[string]any); object["type"] == "error" && c.codes[fmt.Sprint(object["code"])] == 0 {
			t.Errorf("openapi.yaml has no such code: %s", bytes.TrimSpace(envelope))
		}
	}
}

type wrongKey struct{}

// Wrong marks a request that breaks the description on purpose. Its answer is still checked.
func Wrong(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), wrongKey{}, true))
}

// Client returns a copy of base that fails the test when a request it sends, or an answer it gets, is not what
// openapi.yaml says. It may be used from many goroutines.
func Client(t testing.TB, base http.Client) *http.Client {
	t.Helper()
	c, err := load()
	if err != nil {
		t.Fatal(err)
	}
	next := base.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	base.Transport = checker{contract: c, t: t, next: next}
	return &base
}

// checker looks at what passes through.
type checker struct {
	contract
	t    testing.TB
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (c checker) RoundTrip(r *http.Request) (*http.Response, error) {
	input, found := c.input(r)
	wrong, _ := r.Context().Value(wrongKey{}).(bool)
	if !wrong && r.URL.Path != socketPath {
		if !found {
			c.t.Errorf("%s %s is no operation of openapi.yaml", r.Method, r.URL.Path)
		} else if err := openapi3filter.ValidateRequest(r.Context(), input); err != nil {
			c.t.Errorf("%s %s: the request breaks openapi.yaml: %v", r.Method, r.URL.Path, err)
		}
	}
	response, err := c.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if response.StatusCode == http.StatusSwitchingProtocols || r.Method == http.MethodOptions {
		return response, nil // a connection, and a browser's question before its request, are not described
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if err := response.Body.Close(); err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	if err := c.answer(r, input, found, response, body); err != nil {
		c.t.Errorf("%s %s: the answer %d breaks openapi.yaml: %v\n%s", r.Method, r.URL.Path, response.StatusCode, err, body)
	}
	return response, nil
}

// input finds the operation of a request.
func (c checker) input(r *http.Request) (*openapi3filter.RequestValidationInput, bool) {
	known := r
	if strings.HasPrefix(r.URL.Path, "/.well-known/") { // also served at the root
		known = r.Clone(r.Context())
		known.URL.Path = "/api/v1" + r.URL.Path
	}
	route, params, err := c.router.FindRoute(known)
	if err != nil {
		return nil, false
	}
	return &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route, Options: &openapi3filter.Options{
			MultiError:              true,
			SkipSettingDefaults:     true,
			AuthenticationFunc:      openapi3filter.NoopAuthenticationFunc,
			SchemaValidationOptions: validation(),
		},
	}, true
}

// answer says what is wrong with an answer.
func (c checker) answer(r *http.Request, input *openapi3filter.RequestValidationInput, found bool, response *http.Response, body []byte) error {
	if response.StatusCode >= http.StatusBadRequest {
		if err := c.problem(r, response, body); err != nil || !found {
			return err
		}
	} else if !found || input.Route.Operation.Responses.Status(response.StatusCode) == nil {
		return fmt.Errorf("the status is not described")
	}
	return openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: response.StatusCode, Header: response.Header, Options: input.Options,
		Body: io.NopCloser(bytes.NewReader(body)),
	})
}

// problem checks what holds for every error, whatever the operation.
func (c checker) problem(r *http.Request, response *http.Response, body []byte) error {
	if kind := response.Header.Get("Content-Type"); kind != "application/problem+json" {
		return fmt.Errorf("the type of an error is %q", kind)
	}
	if r.Method == http.MethodHead {
		return nil
	}
	var value map[string]any
	if err := json.Unmarshal(body, &value); err != nil {
		return err
	}
	if err := c.doc.Components.Schemas["Problem"].Value.VisitJSON(value, validation()...); err != nil {
		return err
	}
	if value["status"] != float64(response.StatusCode) {
		return fmt.Errorf("the status in the body is %v", value["status"])
	}
	if code := fmt.Sprint(value["code"]); c.codes[code] != response.StatusCode && code != "request.refused" {
		return fmt.Errorf("the code %s is described with the status %d", code, c.codes[code])
	}
	switch response.StatusCode {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		if response.Header.Get("Retry-After") == "" {
			return fmt.Errorf("Retry-After is missing")
		}
	case http.StatusUnauthorized:
		if response.Header.Get("WWW-Authenticate") == "" {
			return fmt.Errorf("WWW-Authenticate is missing")
		}
	}
	return nil
}

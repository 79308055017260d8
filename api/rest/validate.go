package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/labstack/echo/v4"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/auth"
	"github.com/emosation/emosation/internal/fault"
	"github.com/emosation/emosation/internal/room"
)

// maxBody is more than the longest message needs, every character of it escaped.
const maxBody = 64 << 10 // bytes

// uuidFormat is stricter than the parser behind it, which also reads braces and urn:uuid:.
const uuidFormat = `^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`

// historyPath is where the gate finds out how the caller stands to the room, along with who they are.
const historyPath = "/rooms/{roomId}/messages"

// gates has one for each operation of the description, by method and route.
type gates map[string]gate

// gate stands before one operation.
type gate struct {
	keeper   gatekeeper
	route    *routers.Route
	audience audience
	options  *openapi3filter.Options
	plain    plain
	history  bool // its handler has to know how the caller stands to the room
	proof    bool // the password has to have been proven lately
}

// proofExtension marks operations in the description that cannot be undone.
const proofExtension = "x-reauthenticate"

func newGates(doc *openapi3.T, keeper gatekeeper) gates {
	options := &openapi3filter.Options{
		MultiError:         true,
		KeepValidatedValue: true, // the handler gets what was validated, not a second reading of it
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
		SchemaValidationOptions: []openapi3.SchemaValidationOption{
			openapi3.WithStringFormatValidator("uuid", openapi3.NewRegexpFormatValidator(uuidFormat)),
		},
	}
	all := gates{}
	variables := strings.NewReplacer("{", ":", "}", "") // how echo writes them
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			all[method+" "+basePath+variables.Replace(path)] = gate{
				keeper:   keeper,
				route:    &routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: operation},
				audience: audienceOf(path, operation),
				options:  options,
				plain:    plainly(operation, item.Parameters),
				history:  path == historyPath,
				proof:    asksForProof(operation),
			}
		}
	}
	all["GET "+keysPath] = all["GET "+basePath+keysPath]
	return all
}

// audienceOf reads from the description who may use an operation. What lies under /admin is for admins, whatever else
// is said of it, and an operation of which nothing is said is for people who are signed in.
func audienceOf(path string, operation *openapi3.Operation) audience {
	switch security := operation.Security; {
	case slices.Contains(operation.Tags, "admin") || strings.HasPrefix(path, "/admin/"):
		return admins
	case security == nil:
		return people
	case len(*security) == 0:
		return anybody
	case !slices.ContainsFunc(*security, asksForPerson):
		return boxes
	default:
		return people
	}
}

// asksForProof takes any value of the extension but false for yes.
func asksForProof(operation *openapi3.Operation) bool {
	said, there := operation.Extensions[proofExtension]
	return there && said != false
}

func asksForPerson(r openapi3.SecurityRequirement) bool {
	_, box := r["boxKey"]
	return !box
}

// admit is the middleware before every operation: first who asks, then whether the request is what the description
// says. Handlers see nothing else. Routes of others pass.
func (g gates) admit(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if gate, ours := g[c.Request().Method+" "+c.Path()]; ours {
			if err := gate.check(c); err != nil {
				return err
			}
		}
		return next(c)
	}
}

// admittedOnly keeps an operation shut that, by a mistake of ours, has no gate.
func admittedOnly(next openapi.StrictHandlerFunc, _ string) openapi.StrictHandlerFunc {
	return func(c echo.Context, request any) (any, error) {
		if !admitted(c.Request().Context()) {
			return nil, echo.ErrNotFound
		}
		return next(c, request)
	}
}

// check puts the caller into the request's context, or says why the request is refused.
func (g gate) check(c echo.Context) error {
	from, err := g.keeper.caller(c, g.audience, g.room(c))
	if err != nil {
		return err
	}
	if g.proof && !auth.Proves(from.proven, g.keeper.now()) {
		return auth.ErrReauthenticate
	}
	c.SetRequest(c.Request().WithContext(withCaller(c.Request().Context(), from)))
	if err := g.readBody(c); err != nil {
		return err
	}
	if g.plain.right(c) {
		return nil
	}
	input := &openapi3filter.RequestValidationInput{
		Request: c.Request(), PathParams: pathParams(c), Route: g.route, Options: g.options,
	}
	if err := openapi3filter.ValidateRequest(c.Request().Context(), input); err != nil {
		return invalid(err)
	}
	return nil
}

// room returns the room whose history is asked for, or 0. Whether it is a room at all is looked at later.
func (g gate) room(c echo.Context) room.ID {
	if !g.history {
		return 0
	}
	id, err := strconv.ParseInt(c.Param("roomId"), 10, 64)
	if err != nil {
		return 0
	}
	return room.ID(id)
}

// readBody puts the whole body in memory and makes sure that it is JSON text. An operation without a body is given none.
func (g gate) readBody(c echo.Context) error {
	r := c.Request()
	if r.Body == http.NoBody {
		return nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), r.Body, maxBody))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return echo.ErrStatusRequestEntityTooLarge
	}
	if err != nil {
		return echo.ErrBadRequest.WithInternal(err)
	}
	if g.route.Operation.RequestBody == nil {
		body = nil
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	if len(body) == 0 {
		r.Body = http.NoBody
		return nil
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType)); err != nil || kind != echo.MIMEApplicationJSON {
		return echo.ErrUnsupportedMediaType
	}
	if !json.Valid(body) || !utf8.Valid(body) {
		return echo.ErrBadRequest
	}
	return nil
}

// pathParams returns the variables of the path, decoded.
func pathParams(c echo.Context) map[string]string {
	params := map[string]string{}
	for i, name := range c.ParamNames() {
		value := c.ParamValues()[i]
		if c.Request().URL.RawPath != "" { // then echo has matched the encoded path
			if decoded, err := url.PathUnescape(value); err == nil {
				value = decoded
			}
		}
		params[name] = value
	}
	return params
}

// invalid turns what the validator found into one fault that names every wrong field.
func invalid(err error) error {
	var fields []fault.Field
	collect(err, "", nil, &fields)
	if len(fields) == 0 { // nothing that the sender could mend by being told
		return echo.ErrBadRequest.WithInternal(err)
	}
	f := fault.ErrInvalid
	for _, field := range fields {
		f = f.WithField(field.Name, field.Reason)
	}
	return f
}

// collect walks through the errors of openapi3filter and notes what is wrong where.
func collect(err error, at string, schema *openapi3.Schema, fields *[]fault.Field) {
	note := func(name, reason string) {
		if field := (fault.Field{Name: name, Reason: reason}); !slices.Contains(*fields, field) {
			*fields = append(*fields, field)
		}
	}
	switch e := err.(type) { //nolint:errorlint // each layer is looked at by itself
	case openapi3.MultiError:
		for _, one := range e {
			collect(one, at, schema, fields)
		}
	case *openapi3filter.RequestError:
		at = "body"
		if e.Parameter != nil {
			at, schema = e.Parameter.In+"."+e.Parameter.Name, e.Parameter.Schema.Value
		}
		collect(e.Err, at, schema, fields)
	case *openapi3filter.ParseError:
		if schema != nil {
			note(at, wantedType(schema))
		}
	case *openapi3.SchemaError:
		at = strings.Join(append([]string{at}, e.JSONPointer()...), ".")
		if e.SchemaField == "properties" { // the error is at the object, not at what is too much in it
			for _, name := range unknownProperties(e) {
				note(at+"."+name, "is not known here")
			}
			return
		}
		note(at, reason(e))
	default:
		switch {
		case errors.Is(err, openapi3filter.ErrInvalidRequired):
			note(at, "is required")
		case errors.Is(err, openapi3filter.ErrInvalidEmptyValue):
			note(at, "must not be empty")
		case errors.Is(err, openapi3.ErrSchemaInputNaN), errors.Is(err, openapi3.ErrSchemaInputInf):
			note(at, "must be a number")
		}
	}
}

func unknownProperties(e *openapi3.SchemaError) (names []string) {
	object, _ := e.Value.(map[string]any)
	for name := range object {
		if e.Schema.Properties[name] == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// reason says in words for people what a value must be. It never repeats the value, which may be a password.
func reason(e *openapi3.SchemaError) string {
	switch e.SchemaField {
	case "required":
		return "is required"
	case "nullable":
		return "must not be null"
	case "type":
		return wantedType(e.Schema)
	case "format":
		if e.Schema.Format == "uuid" {
			return "must be a UUID"
		}
		return wantedType(e.Schema)
	case "minLength":
		if e.Schema.MinLength == 1 {
			return "must not be empty"
		}
		return fmt.Sprintf("must be at least %d characters long", e.Schema.MinLength)
	case "maxLength":
		return fmt.Sprintf("must be at most %d characters long", *e.Schema.MaxLength)
	case "minimum":
		return fmt.Sprintf("must be at least %g", *e.Schema.Min)
	case "maximum":
		return fmt.Sprintf("must be at most %g", *e.Schema.Max)
	case "minProperties":
		return "must not be empty"
	case "maxItems":
		return fmt.Sprintf("must have at most %d items", *e.Schema.MaxItems)
	case "pattern":
		return "does not have the right form"
	case "enum":
		return "must be one of " + strings.Trim(fmt.Sprint(e.Schema.Enum), "[]")
	default:
		return "is not right"
	}
}

func wantedType(schema *openapi3.Schema) string {
	switch {
	case schema.Type.Is(openapi3.TypeInteger):
		return "must be a whole number"
	case schema.Type.Is(openapi3.TypeNumber):
		return "must be a number"
	case schema.Type.Is(openapi3.TypeBoolean):
		return "must be true or false"
	case schema.Type.Is(openapi3.TypeString):
		return "must be text"
	case schema.Type.Is(openapi3.TypeArray):
		return "must be a list"
	default:
		return "must be an object"
	}
}

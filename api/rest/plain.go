package rest

import (
	"net/http"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"
)

// plain knows the parameters of an operation whose requests have no body. It is there to see at a glance that nothing is wrong
// with most requests: the validator of the description, which says what is wrong, takes longer than it takes to answer them.
type plain []plainParameter

type plainParameter struct {
	name, in string
	optional bool // and nothing stands in its place when it is absent
	integer  bool
	least    int64
	most     int64
}

// plainly returns nil for an operation that has to be looked at closely.
func plainly(operation *openapi3.Operation, shared openapi3.Parameters) plain {
	if operation.RequestBody != nil {
		return nil
	}
	known := plain{}
	for _, list := range []openapi3.Parameters{shared, operation.Parameters} {
		for _, ref := range list {
			known = append(known, plainParameterOf(ref.Value))
		}
	}
	return known
}

func plainParameterOf(p *openapi3.Parameter) plainParameter {
	k := plainParameter{name: p.Name, in: p.In, least: -1 << 62, most: 1 << 62}
	if p.Schema == nil || p.Schema.Value == nil || p.Style != "" || p.Explode != nil {
		return k
	}
	schema := p.Schema.Value
	k.optional = !p.Required && schema.Default == nil
	simple := openapi3.Schema{Type: schema.Type, Format: schema.Format, Min: schema.Min, Max: schema.Max}
	simple.Description, simple.Example, simple.Default, simple.Extensions, simple.Origin = schema.Description, schema.Example,
		schema.Default, schema.Extensions, schema.Origin
	k.integer = schema.Type.Is(openapi3.TypeInteger) && sameSchema(schema, &simple)
	if schema.Min != nil {
		k.least = int64(*schema.Min)
		k.integer = k.integer && float64(k.least) == *schema.Min
	}
	if schema.Max != nil {
		k.most = int64(*schema.Max)
		k.integer = k.integer && float64(k.most) == *schema.Max
	}
	return k
}

// sameSchema compares what they say of a value.
func sameSchema(a, b *openapi3.Schema) bool {
	one, err := a.MarshalJSON()
	if err != nil {
		return false
	}
	other, err := b.MarshalJSON()
	return err == nil && string(one) == string(other)
}

// right tells whether a request is plainly what the description says. If not, it may be all the same.
func (p plain) right(c echo.Context) bool {
	if p == nil {
		return false
	}
	for _, k := range p {
		switch k.in {
		case openapi3.ParameterInPath:
			if c.Request().URL.RawPath != "" || !k.takes(c.Param(k.name)) {
				return false
			}
		case openapi3.ParameterInQuery:
			switch values := c.QueryParams()[k.name]; {
			case len(values) == 0 && k.optional:
			case len(values) != 1 || !k.takes(values[0]):
				return false
			}
		case openapi3.ParameterInHeader:
			if !k.optional || len(c.Request().Header[http.CanonicalHeaderKey(k.name)]) > 0 {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// takes knows whole numbers as everybody writes them.
func (k plainParameter) takes(text string) bool {
	n, err := strconv.ParseInt(text, 10, 64)
	return k.integer && err == nil && k.least <= n && n <= k.most && strconv.FormatInt(n, 10) == text
}

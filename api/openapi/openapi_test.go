package openapi_test

import (
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"
)

// description reads openapi.yaml itself: what is generated from it has lost what it should not have said.
func description(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("../../openapi.yaml")
	require.NoError(t, err)
	return doc
}

// A comma in a description without quotes ends it, and what follows becomes a property that no validator knows.
func TestTheDescriptionIsValid(t *testing.T) {
	require.NoError(t, description(t).Validate(t.Context()))
}

// OpenAPI 3.0.3 says that nullable means something beside a type only; strict generators go by that.
func TestWhatMayBeNullSaysItsType(t *testing.T) {
	for name, schema := range description(t).Components.Schemas {
		for property, s := range schema.Value.Properties {
			if s.Ref == "" && s.Value.Nullable {
				require.NotEmpty(t, s.Value.Type.Slice(), "%s.%s", name, property)
			}
		}
	}
}

package openaitest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// protocol is what a request of chat completions with structured output has to be like, as far as this program makes use of it.
const protocol = `{
	"type": "object",
	"additionalProperties": false,
	"required": ["model", "messages", "store", "response_format", "max_completion_tokens"],
	"properties": {
		"model": {"type": "string", "minLength": 1},
		"store": {"type": "boolean"},
		"max_completion_tokens": {"type": "integer", "minimum": 1, "maximum": 32768},
		"messages": {"type": "array", "minItems": 2, "maxItems": 2, "prefixItems": [
			{"type": "object", "additionalProperties": false, "required": ["role", "content"],
				"properties": {"role": {"const": "system"}, "content": {"type": "string", "minLength": 1}}},
			{"type": "object", "additionalProperties": false, "required": ["role", "content"],
				"properties": {"role": {"const": "user"}, "content": {"type": "string", "minLength": 1, "contentMediaType": "application/json"}}}
		]},
		"response_format": {
			"type": "object", "additionalProperties": false, "required": ["type", "json_schema"],
			"properties": {
				"type": {"const": "json_schema"},
				"json_schema": {
					"type": "object", "additionalProperties": false, "required": ["name", "strict", "schema"],
					"properties": {
						"name": {"type": "string", "pattern": "^[a-zA-Z0-9_-]{1,64}$"},
						"strict": {"const": true},
						"schema": {"type": "object"}
					}
				}
			}
		}
	}
}`

// check errs if a request is not what a provider accepts.
func (s *schemas) check(r *http.Request, body []byte) error {
	if r.Method != http.MethodPost || r.URL.Path != "/v1/chat/completions" || r.Header.Get("Content-Type") != "application/json" {
		return fmt.Errorf("%s %s of type %s", r.Method, r.URL.Path, r.Header.Get("Content-Type"))
	}
	schema, err := s.compile([]byte(protocol))
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	if err := schema.Validate(value); err != nil {
		return err
	}
	answer, err := answerSchema(body)
	if err != nil {
		return err
	}
	var tree any
	if err := json.Unmarshal(answer, &tree); err != nil {
		return err
	}
	return strict(tree)
}

// answerSchema is the schema that the request wants its answer to follow.
func answerSchema(body []byte) (json.RawMessage, error) {
	var wire struct {
		Format struct {
			Schema struct{ Schema json.RawMessage } `json:"json_schema"`
		} `json:"response_format"`
	}
	err := json.Unmarshal(body, &wire)
	return wire.Format.Schema.Schema, err
}

// Obeys errs if content is not what the request's schema allows.
func (r *Request) Obeys(content string) error {
	raw, err := answerSchema(r.Body)
	if err != nil {
		return err
	}
	schema, err := r.schemas.compile(raw)
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(content))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// schemas keeps those that were compiled, by their text: that takes longer than all else here.
type schemas struct {
	mu       sync.Mutex
	compiled map[string]*jsonschema.Schema
}

func (s *schemas) compile(raw []byte) (*jsonschema.Schema, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if schema, ok := s.compiled[string(raw)]; ok {
		return schema, nil
	}
	schema, err := compile(raw)
	if err != nil {
		return nil, err
	}
	if s.compiled == nil {
		s.compiled = map[string]*jsonschema.Schema{}
	}
	s.compiled[string(raw)] = schema
	return schema, nil
}

func compile(raw []byte) (*jsonschema.Schema, error) {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema.json", value); err != nil {
		return nil, err
	}
	return compiler.Compile("schema.json")
}

// strict holds a schema to what strict structured output asks for: every object closed, and all its properties required.
func strict(schema any) error {
	switch s := schema.(type) {
	case []any:
		for _, part := range s {
			if err := strict(part); err != nil {
				return err
			}
		}
	case map[string]any:
		if s["type"] == "object" {
			required, _ := s["required"].([]any)
			properties, _ := s["properties"].(map[string]any)
			if s["additionalProperties"] != false {
				return errors.New("an object of the schema is open")
			}
			for name := range properties {
				if !slices.Contains(required, any(name)) {
					return fmt.Errorf("property %s of the schema is not required", name)
				}
			}
		}
		for _, part := range s {
			if err := strict(part); err != nil {
				return err
			}
		}
	}
	return nil
}

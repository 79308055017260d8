// Package openapi holds what is generated from openapi.yaml: the types, the strict Echo server and the description itself.
package openapi

//go:generate go tool oapi-codegen -config config.yaml ../../openapi.yaml

package rest

import (
	"context"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/fault"
)

// SearchMessages finds messages by what they say.
func (s *Server) SearchMessages(context.Context, openapi.SearchMessagesRequestObject) (openapi.SearchMessagesResponseObject, error) {
	return nil, fault.New(fault.Unavailable, "search.unavailable", "The search is not ready yet.")
}

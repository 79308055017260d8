package rest

import (
	"context"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/room"
	"github.com/emosation/emosation/internal/search"
)

// SearchMessages finds messages by what they say.
func (s *Server) SearchMessages(ctx context.Context, in openapi.SearchMessagesRequestObject) (openapi.SearchMessagesResponseObject, error) {
	reader := reader(ctx)
	query := search.Query{
		Text: in.Params.Q, Room: room.ID(or(in.Params.RoomId, 0)), Cursor: or(in.Params.Cursor, ""), Limit: or(in.Params.Limit, defaultSize),
	}
	page, err := s.Search.Find(ctx, reader.ID, query)
	if err != nil {
		return nil, err
	}
	found, err := s.Messages.At(ctx, reader.ID, page.Places)
	if err != nil {
		return nil, err
	}
	answer := openapi.SearchMessages200JSONResponse{Items: make([]openapi.MessageMatch, 0, len(found))}
	for _, m := range found {
		if marks := page.Marks(m.Body); len(marks) > 0 { // it has not changed since it was found
			answer.Items = append(answer.Items, openapi.MessageMatch{
				Room: openapi.Id(m.Room), Message: wire.Message(m, reader), Marks: each(marks, toSpan),
			})
		}
	}
	if page.Next != "" {
		answer.Next = &page.Next
	}
	return answer, nil
}

func toSpan(s search.Span) openapi.Span { return openapi.Span{Start: s.Start, End: s.End} }

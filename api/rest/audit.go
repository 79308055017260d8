package rest

import (
	"context"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/wire"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/audit"
)

// ListAudit answers with what admins did.
func (s *Server) ListAudit(ctx context.Context, in openapi.ListAuditRequestObject) (openapi.ListAuditResponseObject, error) {
	p := in.Params
	page, err := s.Audit.List(ctx, who(ctx).User, audit.Filter{
		Actor: account.ID(or(p.Actor, 0)), Action: audit.Action(or(p.Action, "")),
		Target: audit.Target{Type: audit.TargetType(or(p.TargetType, "")), ID: or(p.TargetId, 0)},
		From:   p.From, To: p.To, Cursor: or(p.Cursor, ""), Size: or(p.Size, defaultSize),
	})
	return openapi.ListAudit200JSONResponse{Items: each(page.Entries, toAuditEntry), Next: orNull(page.Next)}, err
}

func toAuditEntry(e audit.Entry) openapi.AuditEntry {
	out := openapi.AuditEntry{
		Id: e.ID, At: e.At, Action: openapi.AuditAction(e.Action), TargetType: openapi.AuditTargetType(e.Target.Type), TargetId: e.Target.ID,
		Changes: each(e.Changes, toAuditChange), Address: orNull(e.Address),
	}
	if e.Actor != nil {
		out.Actor = new(wire.Person(*e.Actor))
	}
	return out
}

func toAuditChange(c audit.Change) openapi.AuditChange {
	return openapi.AuditChange{Field: c.Field, Before: c.Before, After: c.After}
}

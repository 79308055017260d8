package rest

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/oapi-codegen/runtime/types"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/stats"
)

// GetStats answers with how the server is used.
func (s *Server) GetStats(ctx context.Context, in openapi.GetStatsRequestObject) (openapi.GetStatsResponseObject, error) {
	found, err := s.Stats.Stats(ctx, int(or(in.Params.Days, openapi.StatsSpanN7)))
	if err != nil {
		return nil, err
	}
	return openapi.GetStats200JSONResponse{
		At: found.At.UTC(), Zone: found.Zone,
		Online: openapi.OnlineStats{Users: found.Online.Users, Sessions: found.Online.Sessions, Nodes: found.Online.Nodes},
		Users: openapi.UserStats{
			Active:    int(found.Users[account.Active]),
			MustReset: int(found.Users[account.MustReset]), Deactivated: int(found.Users[account.Deactivated]),
		},
		Rooms: each(found.Rooms, toRoomStats), Days: each(found.Days, toDayStats),
	}, nil
}

func toRoomStats(r stats.Rooms) openapi.RoomStats {
	return openapi.RoomStats{Kind: openapi.RoomKind(r.Kind), Phase: as[openapi.Phase](r.Phase), Rooms: int(r.Rooms)}
}

func toDayStats(d stats.Day) openapi.DayStats {
	out := openapi.DayStats{
		Day: types.Date{Time: d.Day.From}, Visitors: int(d.Visitors), NewUsers: int(d.NewUsers), Messages: int(d.Messages), Cost: d.Cost,
		Readings: []openapi.EngineCount{},
	}
	for _, engine := range slices.SortedFunc(maps.Keys(d.Readings), cmp.Compare) {
		out.Readings = append(out.Readings, openapi.EngineCount{Engine: openapi.Engine(engine), Readings: int(d.Readings[engine])})
	}
	return out
}

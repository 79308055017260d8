package ws_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/api/ws"
	"github.com/emosation/emosation/internal/realtime"
	"github.com/emosation/emosation/internal/room"
)

func TestEveryChangeOfReadingsIsAccountedForAndTheLastOneTellsToLook(t *testing.T) {
	for name, c := range map[string]struct {
		event   room.ReadingsChanged
		changes *realtime.Delivery
		told    bool
	}{
		"a switch":        {room.ReadingsChanged{Room: 7, State: room.Open}, nil, true},
		"with changes":    {room.ReadingsChanged{Room: 7, State: room.Open, Since: 3, Rev: 9}, &realtime.Delivery{Room: 7, Rev: 9, Skip: 5}, true},
		"and more follow": {room.ReadingsChanged{Room: 7, State: room.Open, Since: 3, Rev: 9, More: true}, &realtime.Delivery{Room: 7, Rev: 9, Skip: 5}, false},
	} {
		t.Run(name, func(t *testing.T) {
			list := ws.Encode(c.event)
			if c.changes != nil {
				require.Equal(t, *c.changes, list[0])
				list = list[1:]
			}
			if !c.told {
				require.Empty(t, list)
				return
			}
			require.Len(t, list, 1)
			require.Equal(t, realtime.Showing, list[0].Signal.Kind)
			require.EqualValues(t, 7, list[0].Signal.Room)
		})
	}
}

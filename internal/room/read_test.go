package room_test

import (
	"testing"

	"github.com/emosation/emosation/internal/room"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

func TestAListOfManyRoomsTakesNoMoreStatementsThanOfOne(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		count := &statements{Interface: logger.Discard}
		counted := room.NewService(room.Deps{DB: w.db.Session(&gorm.Session{Logger: count}), Now: w.clock.Now})
		who := w.person(t)
		asked := func(rooms int) int64 {
			count.n.Store(0)
			list, err := counted.List(t.Context(), who)
			require.NoError(t, err)
			require.Len(t, list, rooms)
			for _, mine := range list {
				require.Equal(t, 2, mine.Members)
				require.NotNil(t, mine.Place)
			}
			return count.n.Load()
		}
		join := func() {
			_, _, id := w.pickup(t, 0)
			_, _, err := w.rooms.Join(t.Context(), who, id, room.Entry{})
			require.NoError(t, err)
		}
		join()
		one := asked(1)
		for range 4 {
			join()
		}
		require.Equal(t, one, asked(5))
	})
}

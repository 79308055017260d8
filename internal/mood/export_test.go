package mood

import (
	"context"
	"flag"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/room"
)

// Bound sets how much a check does, for one test, unless somebody has asked for something else.
func Bound(t *testing.T, name, value string) {
	t.Helper()
	f := flag.Lookup(name)
	if f.Value.String() != f.DefValue {
		return
	}
	require.NoError(t, flag.Set(name, value))
	t.Cleanup(func() { require.NoError(t, flag.Set(name, f.DefValue)) })
}

// ChunkSize is how many messages a chunk has.
const ChunkSize = chunkSize

// ErrOvertaken is what keeps a chunk from being stored.
var ErrOvertaken = errOvertaken

// Fresh returns how a chunk would be stored now.
func (s *Service) Fresh(ctx context.Context, id room.ID, first int64) ([]byte, error) {
	list, err := s.readChunk(ctx, id, first)
	return pack(list), err
}

// RollWhile stores the next chunk of a room after something was done that came between.
func (s *Service) RollWhile(ctx context.Context, id room.ID, do func()) error {
	at, err := s.progress(ctx, id)
	if err != nil {
		return err
	}
	list, err := s.readChunk(ctx, id, at.moodSeq+1)
	if err != nil {
		return err
	}
	do()
	return s.storeChunk(ctx, id, at, pack(list))
}

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/emosation/emosation/internal/storage"
	"github.com/emosation/emosation/internal/testkit/mailbox"
)

func TestARunWhoseLogTellsWhatItUsedFails(t *testing.T) {
	dir, tests := t.TempDir(), t.TempDir()
	settings := []string{"EMOSATION_DATA_DIR=" + dir}
	db, err := storage.Open(t.Context(), "sqlite://"+filepath.Join(dir, "emosation.db"), zap.NewNop())
	require.NoError(t, err)
	require.NoError(t, storage.Migrate(t.Context(), db))
	require.NoError(t, db.Exec("INSERT INTO rooms (id, kind, state, title, last_seq, last_rev, created_at) VALUES (1, 'group', 'open', 'Dinner at eight', 0, 0, '2026-01-01')").Error)
	require.NoError(t, storage.Close(db))
	require.NoError(t, os.WriteFile(filepath.Join(tests, "people.ts"), []byte("const person = { password: 'horse battery' };"), 0o600))
	mails := []mailbox.Mail{{To: "minji@example.org", Text: "https://chat.example.org/reset#QHZ4K2LBQ5W7N3ZJ6T2XA5VYMC"}}

	requests := strings.Repeat(`{"level":"info","message":"request","route":"/api/v1/rooms"}`+"\n", 20)
	require.NoError(t, discreet(t.Context(), requests, settings, mails, tests, "moonlight"))
	require.ErrorContains(t, discreet(t.Context(), "", settings, mails, tests), "next to nothing")
	for told, kind := range map[string]string{
		"Dinner at eight": "room title", "minji@example.org": "e-mail", "QHZ4K2LBQ5W7N3ZJ6T2XA5VYMC": "token of a link",
		"horse battery": "password", "moonlight": "password",
	} {
		err := discreet(t.Context(), requests+`{"level":"debug","message":"x","y":"`+told+`"}`, settings, mails, tests, "moonlight")
		require.ErrorContains(t, err, "line 21: "+kind)
		require.NotContains(t, err.Error(), told)
	}
}

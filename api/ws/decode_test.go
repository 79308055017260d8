package ws

import (
	"testing"

	"github.com/emosation/emosation/internal/fault"
	"github.com/stretchr/testify/require"
)

func TestDecodeAcceptsEveryCommand(t *testing.T) {
	for frame, want := range map[string]command{
		`{"type":"message","room":7,"clientId":"c","body":"안녕","replyTo":3}`: {Type: "message", Room: 7, ClientID: "c", Body: "안녕", ReplyTo: new(int64(3))},
		`{"type":"enter","room":7,"sinceRev":0}`:                             {Type: "enter", Room: 7, SinceRev: new(int64(0))},
		`{"type":"enter","room":7}`:                                          {Type: "enter", Room: 7},
		`{"type":"close","room":7}`:                                          {Type: "close", Room: 7},
		`{"type":"read","room":7,"seq":9}`:                                   {Type: "read", Room: 7, Seq: 9},
		` {"type":"typing","room":7,"later":true} `:                          {Type: "typing", Room: 7}, // a newer client may say more
	} {
		got, err := decode([]byte(frame))
		require.NoError(t, err, frame)
		require.Equal(t, want, got)
	}
}

func TestDecodeNamesWhatIsWrong(t *testing.T) {
	for frame, field := range map[string]string{
		``: "frame", `nonsense`: "frame", `{"type":"read"`: "frame", `[]`: "frame", `null`: "type", `"message"`: "frame",
		`{"type":"read","room":7,"seq":1}{}`:            "frame",
		`{}`:                                            "type",
		`{"type":"ack","room":7}`:                       "type",
		`{"type":7,"room":7}`:                           "type",
		`{"type":"typing"}`:                             "room",
		`{"type":"typing","room":0}`:                    "room",
		`{"type":"typing","room":"7"}`:                  "room",
		`{"type":"typing","room":1.5}`:                  "room",
		`{"type":"typing","room":99999999999999999999}`: "room",
		`{"type":"read","room":7}`:                      "seq",
		`{"type":"read","room":7,"seq":-1}`:             "seq",
		`{"type":"enter","room":7,"sinceRev":-1}`:       "sinceRev",
		`{"type":"message","room":7,"body":{}}`:         "body",
	} {
		_, err := decode([]byte(frame))
		require.ErrorIs(t, err, errFrame, frame)
		require.Equal(t, field, err.(*fault.Error).Fields[0].Name, frame) //nolint:errorlint // ErrorIs has just said so
	}
}

// FuzzDecode: whatever a stranger sends is either a command with a type and a room, or errFrame with a field.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"type":"message","room":7,"clientId":"c","body":"안녕"}`, `{"type":"enter","room":7,"sinceRev":0}`, `{"type":"read","room":1,"seq":1}`,
		`[[[[`, `{"type":"typing","room":1e3}`, "\xff\xfe", `{"room":7,"type":"close"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		c, err := decode(frame)
		if err != nil {
			require.ErrorIs(t, err, errFrame)
			require.NotEmpty(t, err.(*fault.Error).Fields) //nolint:errorlint // ErrorIs has just said so
			return
		}
		require.Contains(t, []string{"message", "enter", "close", "read", "typing"}, c.Type)
		require.Positive(t, c.Room)
	})
}

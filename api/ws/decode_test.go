package ws

import (
	"bytes"
	"strings"
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

// FuzzDecode: whatever a stranger sends is either a command with a type and a room, or errFrame with a field. What the quick
// scanner reads is what the parser reads.
func FuzzDecode(f *testing.F) {
	for _, seed := range frames {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		if scanned, ok := scan(bytes.Clone(frame)); ok {
			parsed, err := parse(frame)
			require.NoError(t, err)
			require.Equal(t, parsed, scanned)
		}
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

var frames = []string{
	`{"type":"message","room":7,"clientId":"c","body":"안녕"}`, `{"type":"enter","room":7,"sinceRev":0}`, `{"type":"read","room":1,"seq":1}`,
	`[[[[`, `{"type":"typing","room":1e3}`, "\xff\xfe", `{"room":7,"type":"close"}`, ` { "type" : "typing" , "room" : 7 } `,
	`{"type":"message","room":7,"body":"a\n\"b\"\\\/\t\u00e9"}`, `{"type":"message","room":7,"body":"\n\t\""}`, "{\"body\":\"\xff\"}",
	"{\"body\":\"\x01\"}", `{"room":-0}`, `{"room":00}`, `{"room":-}`, `{"room":1.}`, `{"room":1,}`, `{"Room":1}`, `{"room":1}x`, `{"replyTo":null}`,
	`{"replyTo":1,"replyTo":2}`, `{"room":999999999999999999}`, `{"room":9999999999999999999}`, `{"body":"\`, `{"body":"\\`, `{}`, `{"type":"message","type":"read"}`,
}

// What the scanner leaves to the parser is slow, so it must be rare.
func TestScanReadsWhatOurClientsSend(t *testing.T) {
	for _, frame := range []string{
		`{"type":"message","room":7,"clientId":"c","body":"안녕 \"you\"\n","replyTo":3}`, `{"type":"enter","room":7,"sinceRev":0}`,
		`{"type":"read","room":1,"seq":1}`, `{"type":"typing","room":1}`, `{"type":"close","room":1}`, `{"type":"hello"}`,
	} {
		_, ok := scan([]byte(frame))
		require.True(t, ok, frame)
	}
}

func BenchmarkDecode(b *testing.B) {
	frame := []byte(`{"type":"message","room":12345,"clientId":"0198a7c2-7c1e-7a3b-9b1e-2f4c5d6e7f80","body":"` +
		strings.Repeat("how are you? ", 8) + `"}`)
	for name, decode := range map[string]func([]byte) (command, error){"scanned": decode, "parsed": parse} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := decode(frame); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

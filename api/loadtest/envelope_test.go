package loadtest

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseEnvelopeReadsWhatServersSend(t *testing.T) {
	id := stamp{play: 0xdecade, room: 7, sender: 3, number: 99}
	for line, want := range map[string]envelope{
		`{"clientId":"` + id.String() + `","rev":9,"room":7,"seq":5,"sentAt":"2026-11-22T00:00:00Z","type":"ack"}`: {kind: "ack", room: 7, seq: 5, clientID: []byte(id.String())},
		`{"message":{"body":"a \"b\" \\","clientId":"x","kind":"text","line":null,"reactions":[{"seq":1}],"seq":12},"room":8,"type":"message"}`: {
			kind: "message", room: 8, seq: 12, clientID: []byte("x"), body: []byte(`"a \"b\" \\"`)},
		` { "type" : "message" , "room" : 8 , "message" : { "kind" : "system" , "seq" : 3 } } `: {kind: "message", room: 8, seq: 3, system: true},
		`{"type":"error","code":"frame.too_many","detail":"no","clientId":"x"}`:                 {kind: "error", code: []byte("frame.too_many"), clientID: []byte("x")},
		`{"type":"presence","user":4,"online":true}`:                                            {},
		`{}`: {},
	} {
		got, err := parseEnvelope([]byte(line))
		require.NoError(t, err, line)
		require.Equal(t, want, got, line)
	}
}

func TestParseEnvelopeRefusesWhatBreaksOff(t *testing.T) {
	for _, line := range []string{``, `{`, `{"type"`, `{"type":`, `{"type":"ack"`, `{"type":"ack`, `[1]`, `7`, `{"type":"message","message":{"seq":1}`, `{"type":"message","message":[1]}`, `{"type":"message"}`} {
		_, err := parseEnvelope([]byte(line))
		require.ErrorIs(t, err, errEnvelope, line)
	}
}

// FuzzObject: of every JSON object it finds the members that encoding/json finds, and of nothing else does it panic.
func FuzzObject(f *testing.F) {
	for _, seed := range []string{`{"a":1,"b":[{"c":"}"}],"d":"\\\""}`, `{"a":{"a":{}},"b":-1.5e3,"c":null,"":true}`, "{\n}", `{"a":"b","a":"c"}`, `{"a"`, `{"":"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		found := make(map[string]string)
		o := object{rest: data}
		for o.next() {
			var name string
			if json.Unmarshal([]byte(`"`+string(o.name)+`"`), &name) == nil {
				found[name] = string(o.value)
			}
		}
		var want map[string]json.RawMessage
		if json.Unmarshal(data, &want) != nil || want == nil {
			return
		}
		require.True(t, o.ended)
		require.Len(t, found, len(want))
		for name, value := range want {
			require.Equal(t, string(value), found[name])
		}
	})
}

func TestAStampSurvivesTheWay(t *testing.T) {
	for _, s := range []stamp{{}, {play: 0xffffffff, room: 0xffff, sender: maxSenders, number: 1<<48 - 1}, {play: 1, room: 2, sender: 3, number: 4}} {
		back, ours := parseStamp([]byte(s.String()))
		require.True(t, ours)
		require.Equal(t, s, back)
	}
	for _, id := range []string{"", "0f8fad5b-d9cb-469f-a165-70867728950e", "00000001-0002-4003-8000-00000000000g", "00000001-0002-4003-8000-0000000000001"} {
		_, ours := parseStamp([]byte(id))
		require.False(t, ours, id)
	}
}

func TestABodyFitsItsClientIDOnly(t *testing.T) {
	for _, payload := range []int{stampSize, 100, 101, 102, 103, 4000} {
		text := filler(payload)
		require.LessOrEqual(t, stampSize+len(text), payload)
		require.Greater(t, stampSize+len(text), payload-5)
		s := stamp{number: 5}
		var sent struct {
			Type, ClientID string
			Room           int64
			Body           json.RawMessage
		}
		require.NoError(t, json.Unmarshal(s.command(9, text), &sent))
		require.EqualValues(t, 9, sent.Room)
		require.Equal(t, s.String(), sent.ClientID)
		require.True(t, fits(sent.Body, []byte(sent.ClientID), text))
		require.False(t, fits(sent.Body, []byte(stamp{number: 6}.String()), text))
		require.False(t, fits(append(sent.Body[:len(sent.Body)-2:len(sent.Body)-2], '?', '"'), []byte(sent.ClientID), text))
		require.False(t, fits([]byte(`"short"`), []byte(sent.ClientID), text))
	}
	escaped := []byte(`"00000000-0000-4000-8000-000000000005 \u0061"`)
	require.True(t, fits(escaped, []byte(stamp{number: 5}.String()), " a"))
}

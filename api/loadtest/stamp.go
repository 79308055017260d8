package loadtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// stamp says which message of a play this is. It travels as the client id, which is a UUID, and again at the
// beginning of the body, so that a message that was given to another one's id is noticed.
type stamp struct {
	play   uint32 // one a conversation, so that what is left of an earlier one is told apart
	room   uint16
	sender uint16 // at most maxSenders
	number int64  // from 0, at most 48 bits
}

const (
	stampSize  = 36
	maxSenders = 0xfff
)

func (s stamp) String() string {
	return fmt.Sprintf("%08x-%04x-4%03x-8000-%012x", s.play, s.room, s.sender, s.number)
}

// parseStamp returns false for an id that no stamp makes.
func parseStamp(id []byte) (stamp, bool) {
	if len(id) != stampSize || id[8] != '-' || id[13] != '-' || id[14] != '4' || string(id[18:24]) != "-8000-" {
		return stamp{}, false
	}
	play, fine1 := parseHex(id[0:8])
	room, fine2 := parseHex(id[9:13])
	sender, fine3 := parseHex(id[15:18])
	number, fine4 := parseHex(id[24:36])
	return stamp{uint32(play), uint16(room), uint16(sender), number}, fine1 && fine2 && fine3 && fine4
}

func parseHex(digits []byte) (n int64, fine bool) {
	for _, d := range digits {
		switch {
		case '0' <= d && d <= '9':
			n = n<<4 | int64(d-'0')
		case 'a' <= d && d <= 'f':
			n = n<<4 | int64(d-'a'+10)
		default:
			return 0, false
		}
	}
	return n, true
}

// What people say, for engines that read it.
const smallTalk = "오늘 정말 고마웠어 ㅠㅠ see you tomorrow, I am so glad about it! 그런데 그건 좀 아니지 않아? "

// filler returns the rest of every body, so that bodies have so many bytes, never cut within a character.
func filler(payload int) string {
	var text strings.Builder
	text.WriteByte(' ')
	for _, r := range strings.Repeat(smallTalk, payload/len(smallTalk)+1) {
		if stampSize+text.Len()+len(string(r)) > payload {
			break
		}
		text.WriteRune(r)
	}
	return strings.TrimRight(text.String(), " ")
}

// command is the envelope that sends one message.
func (s stamp) command(room int64, filler string) []byte {
	id := s.String()
	return fmt.Appendf(nil, `{"type":"message","room":%d,"clientId":"%s","body":"%s%s"}`, room, id, id, filler)
}

// fits tells whether a body, as raw JSON, is what was sent under this client id.
func fits(body, clientID []byte, filler string) bool {
	if len(body) == 2+stampSize+len(filler) {
		return bytes.Equal(body[1:1+stampSize], clientID) && string(body[1+stampSize:len(body)-1]) == filler
	}
	var text string // escaped otherwise than we would
	return json.Unmarshal(body, &text) == nil && text == string(clientID)+filler
}

package loadtest

import (
	"bytes"
	"errors"
	"strconv"
)

var errEnvelope = errors.New("an envelope that is no JSON object")

// envelope is what the tool looks at in a frame of a server. The slices are parts of the frame.
type envelope struct {
	kind     string // "ack", "message", "error" or "" for all that is not about messages
	room     int64
	seq      int64
	clientID []byte // without quotes
	body     []byte // raw JSON, of a message
	system   bool   // the server wrote the message
	code     []byte // of an error
}

// parseEnvelope reads one envelope. It reads no more of it than it has to, because the machine's cores belong to the server.
func parseEnvelope(line []byte) (envelope, error) {
	var e envelope
	var message []byte
	members := object{rest: line}
	for members.next() {
		switch string(members.name) {
		case "type":
			e.kind = kindOf(members.value)
		case "room":
			e.room = members.number()
		case "seq":
			e.seq = members.number()
		case "clientId":
			e.clientID = members.text()
		case "code":
			e.code = members.text()
		case "message":
			message = members.value
		}
	}
	if !members.ended || e.kind != "message" {
		return e, members.err()
	}
	members = object{rest: message}
	for members.next() {
		switch string(members.name) {
		case "seq":
			e.seq = members.number()
		case "clientId":
			e.clientID = members.text()
		case "body":
			e.body = members.value
		case "kind":
			e.system = string(members.value) == `"system"`
		}
	}
	return e, members.err()
}

func kindOf(value []byte) string {
	switch string(value) {
	case `"ack"`:
		return "ack"
	case `"message"`:
		return "message"
	case `"error"`:
		return "error"
	}
	return ""
}

// object walks over the members of a JSON object without decoding what nobody asks for. It accepts all valid JSON, and
// some that is not.
type object struct {
	rest        []byte
	name, value []byte // as they stand there: the value raw, the name without quotes
	begun       bool
	ended       bool // it was closed
}

// next goes to the next member. It returns false after the last one and where the JSON breaks off.
func (o *object) next() bool {
	opening := byte(',')
	if !o.begun {
		opening, o.begun = '{', true
	}
	o.space()
	if len(o.rest) == 0 {
		return false
	}
	if o.rest[0] == '}' && opening == ',' {
		o.ended = true
		return false
	}
	if o.rest[0] != opening {
		return false
	}
	o.rest = o.rest[1:]
	o.space()
	if opening == '{' && len(o.rest) > 0 && o.rest[0] == '}' {
		o.ended = true
		return false
	}
	name, fine := o.skip()
	if !fine || len(name) < 2 || name[0] != '"' {
		return false
	}
	o.name = name[1 : len(name)-1]
	o.space()
	if len(o.rest) == 0 || o.rest[0] != ':' {
		return false
	}
	o.rest = o.rest[1:]
	o.space()
	o.value, fine = o.skip()
	return fine
}

func (o *object) err() error {
	if !o.ended {
		return errEnvelope
	}
	return nil
}

// number is 0 for what is no integer.
func (o *object) number() int64 {
	n, err := strconv.ParseInt(string(o.value), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// text is a string's content as it stands there; what we ask for needs no escapes.
func (o *object) text() []byte {
	if len(o.value) < 2 || o.value[0] != '"' {
		return nil
	}
	return o.value[1 : len(o.value)-1]
}

func (o *object) space() {
	for len(o.rest) > 0 && (o.rest[0] == ' ' || o.rest[0] == '\n' || o.rest[0] == '\t' || o.rest[0] == '\r') {
		o.rest = o.rest[1:]
	}
}

// skip cuts one value off the rest.
func (o *object) skip() (value []byte, fine bool) {
	n, depth := 0, 0
	for n < len(o.rest) {
		switch o.rest[n] {
		case '"':
			end := stringEnd(o.rest[n:])
			if end < 0 {
				return nil, false
			}
			n += end - 1
		case '{', '[':
			depth++
		case '}', ']', ',', ' ', '\n', '\t', '\r', ':':
			if depth == 0 { // after a number or a word
				return o.cut(n)
			}
			if c := o.rest[n]; c == '}' || c == ']' {
				depth--
			}
		default:
			n++
			continue
		}
		n++
		if c := o.rest[n-1]; depth == 0 && (c == '"' || c == '}' || c == ']') {
			return o.cut(n)
		}
	}
	return nil, false
}

func (o *object) cut(n int) (value []byte, fine bool) {
	value, o.rest = o.rest[:n], o.rest[n:]
	return value, n > 0
}

// stringEnd returns the length of the string that text begins with, and -1 when it does not end.
func stringEnd(text []byte) int {
	for n := 1; ; {
		quote := bytes.IndexByte(text[n:], '"')
		if quote < 0 {
			return -1
		}
		end, slashes := n+quote, 0
		for text[end-1-slashes] == '\\' {
			slashes++
		}
		if n = end + 1; slashes%2 == 0 {
			return n
		}
	}
}

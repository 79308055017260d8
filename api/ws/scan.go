package ws

import (
	"bytes"
	"unicode/utf8"
)

// scan reads the JSON that clients write: one object with the fields of a command, as texts and whole numbers. It is a small part
// of the work of a parser that knows all of JSON, to which it leaves everything else by returning false: other
// fields, rare escapes, nulls and whatever is wrong.
func scan(frame []byte) (c command, ok bool) {
	s := scanner{rest: frame}
	if !s.take('{') {
		return command{}, false
	}
	for {
		name, fine := s.text()
		if !fine || !s.take(':') || !s.field(&c, name) {
			return command{}, false
		}
		if s.take('}') {
			s.space()
			return c, len(s.rest) == 0
		}
		if !s.take(',') {
			return command{}, false
		}
	}
}

// scanner is at the beginning of what is left of a frame.
type scanner struct {
	rest    []byte
	escaped []byte // memory for texts with escapes
}

// field reads the value of a field into its place.
func (s *scanner) field(c *command, name []byte) (ok bool) {
	var text *string
	var number *int64
	switch string(name) {
	case "type":
		return s.kind(&c.Type)
	case "clientId":
		text = &c.ClientID
	case "body":
		text = &c.Body
	case "epoch":
		text = &c.Epoch
	case "room":
		number = &c.Room
	case "seq":
		number = &c.Seq
	case "replyTo":
		c.ReplyTo = new(int64)
		number = c.ReplyTo
	case "sinceRev":
		c.SinceRev = new(int64)
		number = c.SinceRev
	default:
		return false
	}
	if text != nil {
		value, ok := s.text()
		*text = string(value)
		return ok
	}
	*number, ok = s.number()
	return ok
}

// kind reads a type without a copy of it.
func (s *scanner) kind(into *string) bool {
	value, ok := s.text()
	switch string(value) {
	case "message":
		*into = "message"
	case "typing":
		*into = "typing"
	case "read":
		*into = "read"
	case "enter":
		*into = "enter"
	case "close":
		*into = "close"
	default:
		*into = string(value)
	}
	return ok
}

func (s *scanner) space() {
	for len(s.rest) > 0 && (s.rest[0] == ' ' || s.rest[0] == '\n' || s.rest[0] == '\t' || s.rest[0] == '\r') {
		s.rest = s.rest[1:]
	}
}

// take skips spaces and one sign, if that is next.
func (s *scanner) take(sign byte) bool {
	s.space()
	if len(s.rest) == 0 || s.rest[0] != sign {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

// maxDigits is how many digits any int64 may have without being too large.
const maxDigits = 18

// number reads a whole number.
func (s *scanner) number() (n int64, ok bool) {
	s.space()
	negative := len(s.rest) > 0 && s.rest[0] == '-'
	if negative {
		s.rest = s.rest[1:]
	}
	digits := 0
	for ; digits < len(s.rest) && digits <= maxDigits && '0' <= s.rest[digits] && s.rest[digits] <= '9'; digits++ {
		n = n*10 + int64(s.rest[digits]-'0')
	}
	if digits == 0 || digits > maxDigits || digits > 1 && s.rest[0] == '0' {
		return 0, false
	}
	s.rest = s.rest[digits:] // what is not a sign that may come next, is found there
	if negative {
		n = -n
	}
	return n, true
}

// text reads a text, which is valid until the next one is read.
func (s *scanner) text() (text []byte, ok bool) {
	if !s.take('"') {
		return nil, false
	}
	end := bytes.IndexByte(s.rest, '"')
	if end < 0 {
		return nil, false
	}
	text = s.rest[:end]
	if bytes.IndexByte(text, '\\') >= 0 {
		return s.unescape()
	}
	s.rest = s.rest[end+1:]
	return text, plain(text)
}

// plain tells whether a text is what it stands for.
func plain(text []byte) bool {
	for _, b := range text {
		if b < ' ' {
			return false
		}
	}
	return utf8.Valid(text)
}

// unescape reads a text with escapes, of which it knows those that are one letter.
func (s *scanner) unescape() (text []byte, ok bool) {
	text = s.escaped[:0]
	for i := 0; i < len(s.rest); i++ {
		b := s.rest[i]
		switch {
		case b == '"':
			s.rest = s.rest[i+1:]
			s.escaped = text
			return text, utf8.Valid(text)
		case b < ' ':
			return nil, false
		case b != '\\':
			text = append(text, b)
			continue
		}
		if i++; i == len(s.rest) {
			return nil, false
		}
		at := bytes.IndexByte([]byte(`"\/bfnrt`), s.rest[i])
		if at < 0 {
			return nil, false
		}
		text = append(text, "\"\\/\b\f\n\r\t"[at])
	}
	return nil, false
}

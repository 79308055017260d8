package config

import (
	"encoding"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

const mask = "***"

// Secret is a text that prints as ***, whichever way it is printed or encoded.
type Secret struct{ text string }

var (
	_ encoding.TextUnmarshaler = (*Secret)(nil)
	_ encoding.TextMarshaler   = Secret{} // what JSON uses
	_ fmt.Formatter            = Secret{}
)

// Reveal returns the text, for those who need it and not for logs.
func (s Secret) Reveal() string { return s.text }

// String returns *** or, for an empty secret, nothing.
func (s Secret) String() string {
	if s.text == "" {
		return ""
	}
	return mask
}

// Format prints String for every verb, so that %#v and %x tell no more than %v.
func (s Secret) Format(out fmt.State, _ rune) { fmt.Fprint(out, s.String()) }

// MarshalText keeps the secret out of JSON and of zap's reflection.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes the text as it is.
func (s *Secret) UnmarshalText(text []byte) error {
	s.text = string(text)
	return nil
}

// URL is the address of a server, which prints without the password in it.
type URL struct{ text string }

// Reveal returns the whole address, for those who connect to it and not for logs.
func (u URL) Reveal() string { return u.text }

// String returns the address with *** in the place of the password, or only *** when it cannot be understood.
func (u URL) String() string {
	parsed, err := url.Parse(u.text)
	if err != nil {
		return mask
	}
	return strings.Replace(parsed.Redacted(), ":xxxxx@", ":"+mask+"@", 1)
}

// Format prints String for every verb.
func (u URL) Format(out fmt.State, _ rune) { fmt.Fprint(out, u.String()) }

// MarshalText keeps the password out of JSON and of zap's reflection.
func (u URL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText takes the text as it is; Load checks it.
func (u *URL) UnmarshalText(text []byte) error {
	u.text = string(text)
	return nil
}

// Switch is a setting that is on or off, by these words only.
type Switch bool

// String returns on or off.
func (s Switch) String() string {
	if s {
		return "on"
	}
	return "off"
}

// UnmarshalText accepts on and off.
func (s *Switch) UnmarshalText(text []byte) error {
	switch string(text) {
	case "on":
		*s = true
	case "off":
		*s = false
	default:
		return errors.New("must be on or off")
	}
	return nil
}

// maxSeats is the greatest Seats: more people than that are no conversation any more.
const maxSeats = 1000

// Seats is a number of people in a room.
type Seats int

// UnmarshalText accepts 1 to 1000.
func (s *Seats) UnmarshalText(text []byte) error {
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 1 || n > maxSeats {
		return fmt.Errorf("must be a whole number from 1 to %d", maxSeats)
	}
	*s = Seats(n)
	return nil
}

// maxDays is the greatest Days: ten years.
const maxDays = 3650

// Days is a number of days.
type Days int

// UnmarshalText accepts 0 to 3650.
func (d *Days) UnmarshalText(text []byte) error {
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 0 || n > maxDays {
		return fmt.Errorf("must be a whole number from 0 to %d", maxDays)
	}
	*d = Days(n)
	return nil
}

// Duration is that many times 24 hours.
func (d Days) Duration() time.Duration { return time.Duration(d) * 24 * time.Hour }

// maxSeconds is the greatest Seconds: whoever starts the program kills it when it takes long to stop.
const maxSeconds = 60

// Seconds is a number of seconds that somebody waits for.
type Seconds int

// UnmarshalText accepts 0 to 60.
func (s *Seconds) UnmarshalText(text []byte) error {
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 0 || n > maxSeconds {
		return fmt.Errorf("must be a whole number from 0 to %d", maxSeconds)
	}
	*s = Seconds(n)
	return nil
}

// Duration is as many seconds.
func (s Seconds) Duration() time.Duration { return time.Duration(s) * time.Second }

// readSecret replaces NAME_FILE by NAME with the content of that file, less the line break that editors add.
func readSecret(values map[string]string, name string) error {
	path, ok := values[name+fileSuffix]
	if !ok {
		return nil
	}
	delete(values, name+fileSuffix)
	if values[name] != "" {
		return fmt.Errorf("is set beside %s%s; set only one of the two", prefix, name)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text := strings.TrimRight(string(content), "\r\n")
	if text == "" {
		return fmt.Errorf("names the empty file %s", path)
	}
	values[name] = text
	return nil
}

package config

import (
	"fmt"
	"time"
	_ "time/tzdata" // zones are known on machines that have no files of them
)

// Zone is a time zone by its IANA name.
type Zone struct{ location *time.Location }

// Location returns the zone in the form in which times take it.
func (z Zone) Location() *time.Location { return z.location }

// String returns the name.
func (z Zone) String() string { return z.location.String() }

// UnmarshalText takes names that mean the same on every machine.
func (z *Zone) UnmarshalText(text []byte) error {
	location, err := time.LoadLocation(string(text))
	if err != nil || location == time.Local {
		return fmt.Errorf("%q is not a time zone such as Asia/Seoul or UTC", text)
	}
	z.location = location
	return nil
}

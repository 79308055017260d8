package config

import (
	"errors"
	"net/url"
	"strconv"
)

// Ratio is a part of a whole.
type Ratio float64

// UnmarshalText accepts 0 to 1.
func (r *Ratio) UnmarshalText(text []byte) error {
	x, err := strconv.ParseFloat(string(text), 64)
	if err != nil || !(x >= 0 && x <= 1) { // nor what is no number
		return errors.New("must be a number from 0 to 1")
	}
	*r = Ratio(x)
	return nil
}

// checkCollector reports what is no address of a collector of traces, if there is one.
func checkCollector(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return errors.New("must be of the form http://host:4318, without user and query")
	}
	return nil
}

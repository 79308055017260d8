// Package jsontext appends values to JSON text just as encoding/json writes them, without reflection and without memory of its own.
package jsontext

import (
	"encoding/json"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

const hex = "0123456789abcdef"

// AppendString appends a string in quotes, safe to stand in HTML; each byte that is not UTF-8 becomes U+FFFD.
func AppendString(dst []byte, s string) []byte {
	if !utf8.ValidString(s) {
		quoted, err := json.Marshal(s)
		if err != nil {
			panic(err) // no string fails to marshal
		}
		return append(dst, quoted...)
	}
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if plain(c) {
			continue
		}
		if c == 0xe2 { // may begin U+2028 or U+2029, which JavaScript once took for ends of lines
			if s[i+1] == 0x80 && s[i+2]&^1 == 0xa8 {
				dst = append(append(dst, s[start:i]...), '\\', 'u', '2', '0', '2', hex[s[i+2]&0xf])
				start = i + 3
			}
			i += 2
			continue
		}
		dst = appendEscaped(append(dst, s[start:i]...), c)
		start = i + 1
	}
	return append(append(dst, s[start:]...), '"')
}

// The ASCII characters that may stand as they are: bit c of the first for 0 to 63, of the second for 64 to 127.
const (
	plainLow  uint64 = (1<<64 - 1<<' ') &^ (1<<'"' | 1<<'&' | 1<<'<' | 1<<'>')
	plainHigh uint64 = (1<<64 - 1) &^ (1 << ('\\' - 64))
)

func plain(c byte) bool {
	switch c >> 6 {
	case 0:
		return plainLow>>(c&63)&1 != 0
	case 1:
		return plainHigh>>(c&63)&1 != 0
	}
	return c != 0xe2
}

func appendEscaped(dst []byte, c byte) []byte {
	switch c {
	case '\\', '"':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
}

// AppendFloat appends a finite number.
func AppendFloat(dst []byte, x float64) []byte {
	// Most are probabilities of four decimals. A decimal of so few digits that gives x is the shortest that does.
	if n := int64(x*1e4 + 0.5); x > 0 && x < 1e6 && float64(n)/1e4 == x {
		return appendDecimal(dst, n)
	}
	abs := math.Abs(x)
	if abs == 0 || abs >= 1e-6 && abs < 1e21 {
		return strconv.AppendFloat(dst, x, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, x, 'e', -1, 64)
	if n := len(dst); dst[n-4] == 'e' && dst[n-2] == '0' { // e-09 is written e-9
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}

// appendDecimal appends n/10000.
func appendDecimal(dst []byte, n int64) []byte {
	dst = strconv.AppendInt(dst, n/1e4, 10)
	rest := n % 1e4
	if rest == 0 {
		return dst
	}
	dst = append(dst, '.', byte('0'+rest/1000), byte('0'+rest/100%10), byte('0'+rest/10%10), byte('0'+rest%10))
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

// AppendTime appends a time of a year from 0 to 9999.
func AppendTime(dst []byte, t time.Time) []byte {
	return append(t.AppendFormat(append(dst, '"'), time.RFC3339Nano), '"')
}

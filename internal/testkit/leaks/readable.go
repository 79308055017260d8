package leaks

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What a text may have been turned into on its way to a log.
var (
	percents = regexp.MustCompile(`(?:%[0-9A-Fa-f]{2})+`)
	escapes  = regexp.MustCompile(`(?:\\u[0-9A-Fa-f]{4})+`)
	bytesOf  = regexp.MustCompile(`(?:\\x[0-9A-Fa-f]{2})+`)
	packed   = regexp.MustCompile(`[A-Za-z0-9+/_-]{7,}`)
)

// readable returns a text with what else it can be read as: URLs, escapes of Go and JSON, base64 and bytes in hexadecimals.
func readable(text string) string {
	all := []string{text}
	if strings.ContainsAny(text, "%+") {
		all = append(all, percents.ReplaceAllStringFunc(strings.ReplaceAll(text, "+", " "), func(part string) string {
			plain, _ := url.PathUnescape(part)
			return plain
		}))
	}
	if strings.Contains(text, `\`) {
		plain := escapes.ReplaceAllStringFunc(text, func(part string) (plain string) {
			_ = json.Unmarshal([]byte(`"`+part+`"`), &plain)
			return plain
		})
		plain = bytesOf.ReplaceAllStringFunc(plain, func(part string) string {
			plain, _ := strconv.Unquote(`"` + part + `"`)
			return plain
		})
		all = append(all, strings.ReplaceAll(plain, `\"`, `"`))
	}
	for _, part := range packed.FindAllString(text, -1) {
		for _, decode := range []func(string) ([]byte, error){base64.RawStdEncoding.DecodeString, base64.RawURLEncoding.DecodeString, hex.DecodeString} {
			if plain, err := decode(part); err == nil && utf8.Valid(plain) {
				all = append(all, string(plain))
			}
		}
	}
	return strings.Join(all, "\n")
}

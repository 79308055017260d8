// Package name owns how names of people, rooms and places are stored and compared.
package name

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// maxGrowth is how many times longer than a name its key may be: compatibility forms can be many letters.
const maxGrowth = 8

// Normal returns the form in which a name of at most most code points is stored, and a reason when it is none.
func Normal(text string, most int) (normal, wrong string) {
	normal = norm.NFC.String(strings.TrimSpace(text))
	switch n := utf8.RuneCountInString(normal); {
	case strings.ContainsFunc(normal, isHidden):
		return "", "must not contain control characters"
	case IsBlank(normal):
		return "", "must not be blank"
	case n > most:
		return "", fmt.Sprintf("must be at most %d characters long", most)
	}
	return normal, ""
}

// IsBlank tells whether nothing of a text can be seen.
func IsBlank(text string) bool { return !strings.ContainsFunc(text, isVisible) }

// Key returns what is compared of a name of at most most code points: no difference of case, width or composition.
func Key(text string, most int) string {
	key := []rune(norm.NFKC.String(cases.Fold().String(norm.NFKC.String(strings.TrimSpace(text)))))
	return strings.TrimSpace(string(key[:min(len(key), maxGrowth*most)]))
}

// isHidden finds characters that make one name look like another: controls, line separators, marks of writing
// direction. Joiners are wanted, since emoji and several scripts are written with them.
func isHidden(r rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	switch {
	case r == nonJoiner || r == joiner:
		return false
	case r == utf8.RuneError: // what the sender wrote was no text
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Co, unicode.Zl, unicode.Zp)
}

// isVisible finds characters that leave ink on their own. The Hangul fillers and the empty Braille pattern count as
// letters and symbols for Unicode, but show nothing.
func isVisible(r rune) bool {
	switch r {
	case '\u115f', '\u1160', '\u3164', '\uffa0', '\u2800':
		return false
	}
	return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S)
}

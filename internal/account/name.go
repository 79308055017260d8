package account

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

const (
	maxNickname    = 30  // code points
	maxNicknameKey = 240 // code points; compatibility forms may be many times longer than the nickname
	maxEmail       = 254 // code points, and RFC 5321's limit for a path
)

// NormalNickname returns the form in which a nickname is stored, and a reason when it is none.
func NormalNickname(nickname string) (normal, wrong string) {
	normal = norm.NFC.String(strings.TrimSpace(nickname))
	switch n := utf8.RuneCountInString(normal); {
	case strings.ContainsFunc(normal, isHidden):
		return "", "must not contain control characters"
	case !strings.ContainsFunc(normal, isVisible):
		return "", "must not be blank"
	case n > maxNickname:
		return "", "must be at most 30 characters long"
	}
	return normal, ""
}

// NicknameKey returns what a search by nickname compares: no difference of case, width or composition.
func NicknameKey(nickname string) string {
	key := []rune(norm.NFKC.String(cases.Fold().String(norm.NFKC.String(strings.TrimSpace(nickname)))))
	return strings.TrimSpace(string(key[:min(len(key), maxNicknameKey)]))
}

// NormalEmail returns the form in which an e-mail is stored, and a reason when it is none. Whether anybody reads mail
// there is not asked.
func NormalEmail(email string) (normal, wrong string) {
	normal = norm.NFC.String(strings.TrimSpace(email))
	local, domain, found := strings.Cut(normal, "@")
	switch {
	case utf8.RuneCountInString(normal) > maxEmail || utf8.RuneCountInString(EmailKey(normal)) > maxEmail:
		return "", "must be at most 254 characters long"
	case !found || !isMailbox(local) || !isDomain(domain):
		return "", "must be an e-mail address such as minji@example.org"
	}
	return normal, ""
}

// EmailKey returns the one form in which e-mails are compared.
func EmailKey(email string) string {
	return norm.NFC.String(strings.ToLower(norm.NFC.String(strings.TrimSpace(email))))
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

// isMailbox accepts the unquoted local parts of RFC 5321 and RFC 6531.
func isMailbox(local string) bool {
	if local == "" || len(local) > 64 || strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return false
	}
	return !strings.ContainsFunc(local, func(r rune) bool {
		return !isLetterOrDigit(r) && !strings.ContainsRune(".!#$%&'*+-/=?^_`{|}~", r)
	})
}

// isDomain accepts names of at least two labels.
func isDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	for _, label := range labels {
		wrong := strings.ContainsFunc(label, func(r rune) bool { return !isLetterOrDigit(r) && r != '-' })
		if wrong || label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
	}
	return len(labels) >= 2
}

func isLetterOrDigit(r rune) bool {
	return r != utf8.RuneError && unicode.In(r, unicode.L, unicode.M, unicode.Nd)
}

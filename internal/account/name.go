package account

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/emosation/emosation/internal/name"
)

const (
	maxNickname = 30  // code points
	maxEmail    = 254 // code points, and RFC 5321's limit for a path
)

// NormalNickname returns the form in which a nickname is stored, and a reason when it is none.
func NormalNickname(nickname string) (normal, wrong string) {
	return name.Normal(nickname, maxNickname)
}

// NicknameKey returns what a search by nickname compares: no difference of case, width or composition.
func NicknameKey(nickname string) string { return name.Key(nickname, maxNickname) }

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

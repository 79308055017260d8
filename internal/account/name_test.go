package account_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/internal/account"
)

func TestNicknamesAreStoredInOneForm(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"trimmed":             {"  민지\t", "민지"},
		"composed":            {"\u1106\u1175\u11ab\u110c\u1175", "민지"},
		"inner spaces stay":   {"Min Ji", "Min Ji"},
		"case stays":          {"MinJi", "MinJi"},
		"emoji with a joiner": {"👩‍🚀", "👩‍🚀"},
		"thirty code points":  {strings.Repeat("가", 30), strings.Repeat("가", 30)},
	} {
		t.Run(name, func(t *testing.T) {
			got, wrong := account.NormalNickname(c.in)
			require.Empty(t, wrong)
			require.Equal(t, c.want, got)
		})
	}
}

func TestNicknamesThatDeceiveAreRefused(t *testing.T) {
	for name, nickname := range map[string]string{
		"empty":                "",
		"spaces only":          " \u3000 ",
		"Hangul filler only":   "\u3164",
		"joiners only":         "\u200d\u200d",
		"accent alone":         "\u0301",
		"line feed":            "a\nb",
		"null":                 "a\x00b",
		"right to left marker": "a\u202eb",
		"zero width space":     "a\u200bb",
		"byte order mark":      "\ufeffa",
		"line separator":       "a\u2028b",
		"private use":          "a\ue000",
		"not UTF-8":            "a\xffb",
		"too long":             strings.Repeat("가", 31),
	} {
		t.Run(name, func(t *testing.T) {
			_, wrong := account.NormalNickname(nickname)
			require.NotEmpty(t, wrong)
		})
	}
}

func TestNicknameKeysIgnoreCaseWidthAndComposition(t *testing.T) {
	for _, same := range [][2]string{
		{"MinJi", "minji"},
		{"ＭｉｎＪｉ", "minji"},
		{"Straße", "STRASSE"},
		{"\u1106\u1175\u11ab\u110c\u1175", "민지"},
		{"ﬁn", "FIN"},
	} {
		require.Equal(t, account.NicknameKey(same[1]), account.NicknameKey(same[0]), "%q and %q", same[0], same[1])
	}
	require.NotEqual(t, account.NicknameKey("민지"), account.NicknameKey("민자"))
	longest := account.NicknameKey(strings.Repeat("\ufdfa", 30)) // each one is 18 code points in NFKC
	require.LessOrEqual(t, utf8.RuneCountInString(longest), 240, "must fit its column")
}

func TestEmailsAreJudgedByTheirShape(t *testing.T) {
	label := strings.Repeat("a", 63)
	for email, ok := range map[string]bool{
		"minji@example.org":                         true,
		" minji@example.org ":                       true,
		"Min.Ji+chat@Sub.Example.ORG":               true,
		"o'brien@example.org":                       true,
		"민지@예시.한국":                                  true,
		"a@" + label + ".org":                       true,
		"":                                          false,
		"minji":                                     false,
		"@example.org":                              false,
		"minji@":                                    false,
		"minji@localhost":                           false,
		"min ji@example.org":                        false,
		"minji@exa mple.org":                        false,
		"minji@@example.org":                        false,
		"a@b@example.org":                           false,
		".minji@example.org":                        false,
		"min..ji@example.org":                       false,
		"minji@example..org":                        false,
		"minji@-example.org":                        false,
		"minji@example.org.":                        false,
		"minji@example.org\r\nBcc: x@y":             false,
		"<minji@example.org>":                       false,
		"min\x00ji@example.org":                     false,
		"min\xffji@example.org":                     false,
		strings.Repeat("a", 65) + "@example.org":    false,
		"a@a" + label + ".org":                      false,
		"a@" + strings.Repeat(label+".", 4) + "org": false,
	} {
		_, wrong := account.NormalEmail(email)
		require.Equal(t, ok, wrong == "", "%q: %s", email, wrong)
	}
}

func TestEmailKeysIgnoreCase(t *testing.T) {
	require.Equal(t, "minji@example.org", account.EmailKey(" MinJi@Example.ORG"))
	require.Equal(t, account.EmailKey("\u1106\u1175\u11ab@example.org"), account.EmailKey("민@example.org"))
}

package feature

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
)

func TestComposedCodePointsStayAsTheyAre(t *testing.T) {
	known := 0
	for r := range rune(unicode.MaxRune + 1) {
		if composed(r) {
			known++
			p := norm.NFC.PropertiesString(string(r))
			require.True(t, p.BoundaryBefore() && p.CCC() == 0, "%U", r)
			times := 100
			if isJamo(r) {
				times = mostLetters + 3 // so that three more may come from what stands before
			}
			require.True(t, norm.NFC.IsNormalString(strings.Repeat(string(r), times)), "%U", r)
		}
	}
	require.Greater(t, known, 11172, "all syllables and more")
}

func TestNoPictureIsALetter(t *testing.T) {
	for r := range rune(unicode.MaxRune + 1) {
		if isEmoji(r) {
			require.False(t, unicode.In(r, unicode.L, unicode.M, unicode.Cf, unicode.Cc), "%U", r)
		}
		if isSyllable(r) {
			require.Equal(t, r, unicode.ToLower(r))
		}
		require.Equal(t, r < 0x80 && unicode.IsLetter(r), isLatin(r), "%U", r)
	}
}

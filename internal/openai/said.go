package openai

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/emosation/emosation/internal/emotion"
)

// The longest sentences, in code points.
const (
	maxKorean  = 100
	maxEnglish = 160
)

// So many letters in a row that are in the message too make a sentence a quote.
const (
	quoteKorean  = 9
	quoteEnglish = 20
)

// said checks the two sentences about a message. It errs where they are long or hold anything but plain words. Where one of them claims
// instead of supposing, has strange characters, is in another language or repeats the message, both are left out: our own then take
// their place.
func said(korean, english, text string) (emotion.Said, error) {
	korean, english = strings.TrimSpace(korean), strings.TrimSpace(english)
	if !short(korean, maxKorean) || !short(english, maxEnglish) || marked(korean) || marked(english) {
		return emotion.Said{}, errSentence
	}
	if !bare(korean) || !bare(english) || !speaks(Korean, korean) || !speaks(English, english) || !supposes(korean, english) ||
		repeats(korean, text, quoteKorean) || repeats(english, text, quoteEnglish) {
		return emotion.Said{}, nil
	}
	return emotion.Said{Korean: korean, English: english}, nil
}

func short(sentence string, most int) bool {
	return sentence != "" && utf8.RuneCountInString(sentence) <= most
}

// marked tells that a sentence has a line break, mark-up, something invisible or something that a screen may make a link of.
func marked(sentence string) bool {
	points := []rune(sentence)
	for i, r := range points {
		switch {
		case strings.ContainsRune("<>[]{}`*_#|\\@/=$^", r), unicode.Is(unicode.C, r), unicode.In(r, unicode.Zl, unicode.Zp):
			return true
		case r == '.' && i+1 < len(points) && (unicode.IsLetter(points[i+1]) || unicode.IsDigit(points[i+1])): // as in a host name
			return true
		}
	}
	return false
}

// bare tells that a sentence is made of nothing but words, figures, spaces and the plainest marks.
func bare(sentence string) bool {
	for _, r := range sentence {
		switch {
		case r == '\u115f', r == '\u1160', r == '\u3164', r == '\uffa0': // letters of Hangul that nobody sees
			return false
		case unicode.In(r, unicode.Hangul, unicode.Latin), '0' <= r && r <= '9', strings.ContainsRune(" .,'’-~!?;", r):
		default:
			return false
		}
	}
	return true
}

// speaks tells that a sentence is in a language, as far as its letters show.
func speaks(language Language, sentence string) bool {
	hangul, latin := 0, 0
	for _, r := range sentence {
		switch {
		case unicode.Is(unicode.Hangul, r):
			hangul++
		case unicode.Is(unicode.Latin, r):
			latin++
		}
	}
	if language == Korean {
		return hangul > latin
	}
	return latin > 0 && hangul == 0
}

// repeats tells that a piece of a sentence is in the message: what an author writes must not come back in the machine's name.
func repeats(sentence, text string, piece int) bool {
	points, text := []rune(letters(sentence)), letters(text)
	for from := 0; from+piece <= len(points); from++ {
		if strings.Contains(text, string(points[from:from+piece])) {
			return true
		}
	}
	return false
}

// letters leaves nothing but small letters.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFC.String(text))
}

// supposes tells that both sentences leave room for doubt.
func supposes(korean, english string) bool {
	return containsAny(korean, "듯", "것 같", "거 같", "보여", "보이", "보입", "느껴", "들려", "들리", "아마", "어쩌면", "수도", "모르", "어려") &&
		containsAny(" "+strings.ToLower(english)+" ", " seem", " sound", " may ", " might ", " could ", " perhaps ", " probably ", " likely ",
			" appear", " possibly ", " maybe ", " hard to tell", " comes across ", " reads as ", " reads like ")
}

func containsAny(s string, parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}

package emotion

import (
	"slices"
	"strings"

	"github.com/emosation/emosation/internal/emotion/linear"
)

// How sure a sentence sounds, by confidence; and how strong it makes the emotion, by intensity.
const (
	sureFrom   = 0.8
	likelyFrom = 0.6
	strongFrom = 0.7
	weakUnder  = 0.3
)

// Sentence says a reading in one short sentence for people, in Korean for the locale "ko" and its variants and in English for any
// other. It only ever supposes: it speaks of how the words seem, not of what somebody feels or is.
func Sentence(r Reading, locale string) string {
	korean := locale == "ko" || strings.HasPrefix(locale, "ko-") || strings.HasPrefix(locale, "ko_")
	tone := toneOf(r)
	if korean {
		return koreanSentence(r, tone)
	}
	return englishSentence(r, tone)
}

// tone is how a fine label is said: "This seems …" in English, "… 담긴 듯해요" in Korean.
type tone struct{ english, korean string }

// toneOf takes the first fine label that agrees with the label, or the label's plain tone.
func toneOf(r Reading) tone {
	fine, labels, parents := FineLabels(), Labels(), linear.FineParents()
	for _, name := range r.Fine {
		if f := slices.Index(fine[:], name); f >= 0 && labels[parents[f]] == r.Label {
			return fineTone(name)
		}
	}
	switch r.Label {
	case Anger:
		return tone{"annoyed or angry", "화난 마음이"}
	case Disgust:
		return tone{"put off", "싫은 마음이"}
	case Fear:
		return tone{"worried", "불안한 마음이"}
	case Joy:
		return tone{"glad", "기쁜 마음이"}
	case Sadness:
		return tone{"sad", "슬픈 마음이"}
	case Surprise:
		return tone{"surprised or curious", "놀라거나 궁금한 마음이"}
	}
	return fineTone("neutral")
}

func englishSentence(r Reading, t tone) string {
	said := t.english
	if r.Label != Neutral {
		switch {
		case r.Intensity >= strongFrom:
			said = "very " + said
		case r.Intensity < weakUnder:
			said = "a little " + said
		}
	}
	switch {
	case r.Unclear && r.Label == Neutral:
		return "It is hard to tell from these words alone."
	case r.Unclear:
		return "It is hard to tell; it might be " + said + "."
	case r.Confidence >= sureFrom:
		return "This most likely sounds " + said + "."
	case r.Confidence >= likelyFrom:
		return "This seems " + said + "."
	}
	return "This may be " + said + "."
}

func koreanSentence(r Reading, t tone) string {
	if r.Label == Neutral {
		switch {
		case r.Unclear:
			return "어떤 마음인지 잘 모르겠어요."
		case r.Confidence >= likelyFrom:
			return "담담하게 한 말인 듯해요."
		}
		return "어쩌면 담담하게 한 말인 듯해요."
	}
	said := t.korean
	switch {
	case r.Intensity >= strongFrom:
		said += " 많이"
	case r.Intensity < weakUnder:
		said += " 조금"
	}
	switch {
	case r.Unclear:
		return "잘 모르겠지만, " + said + " 담겼을 수도 있어요."
	case r.Confidence >= sureFrom:
		return said + " 담긴 듯해요."
	case r.Confidence >= likelyFrom:
		return "아마 " + said + " 담긴 듯해요."
	}
	return "어쩌면 " + said + " 담긴 듯해요."
}

func fineTone(name string) tone {
	switch name {
	case "admiration":
		return tone{"full of admiration", "감탄하는 마음이"}
	case "amusement":
		return tone{"amused", "재미있어하는 마음이"}
	case "anger":
		return tone{"angry", "화난 마음이"}
	case "annoyance":
		return tone{"annoyed", "언짢은 마음이"}
	case "approval":
		return tone{"approving", "좋게 여기는 마음이"}
	case "caring":
		return tone{"caring", "아끼는 마음이"}
	case "confusion":
		return tone{"confused", "헷갈리는 마음이"}
	case "curiosity":
		return tone{"curious", "궁금한 마음이"}
	case "desire":
		return tone{"wishful", "바라는 마음이"}
	case "disappointment":
		return tone{"disappointed", "실망한 마음이"}
	case "disapproval":
		return tone{"disapproving", "못마땅한 마음이"}
	case "disgust":
		return tone{"disgusted", "싫은 마음이"}
	case "embarrassment":
		return tone{"embarrassed", "민망한 마음이"}
	case "excitement":
		return tone{"excited", "신나는 마음이"}
	case "fear":
		return tone{"afraid", "무서운 마음이"}
	case "gratitude":
		return tone{"thankful", "고마운 마음이"}
	case "grief":
		return tone{"grieved", "깊은 슬픔이"}
	case "joy":
		return tone{"glad", "기쁜 마음이"}
	case "love":
		return tone{"loving", "사랑하는 마음이"}
	case "nervousness":
		return tone{"nervous", "불안한 마음이"}
	case "optimism":
		return tone{"hopeful", "기대하는 마음이"}
	case "pride":
		return tone{"proud", "뿌듯한 마음이"}
	case "realization":
		return tone{"struck by something new", "새로 깨달은 마음이"}
	case "relief":
		return tone{"relieved", "안심한 마음이"}
	case "remorse":
		return tone{"sorry", "미안한 마음이"}
	case "sadness":
		return tone{"sad", "슬픈 마음이"}
	case "surprise":
		return tone{"surprised", "놀란 마음이"}
	}
	return tone{"matter-of-fact", "담담한 마음이"}
}

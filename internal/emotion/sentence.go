package emotion

import "strings"

// How sure a sentence sounds, by confidence; and how strong it makes the emotion, by intensity.
const (
	sureFrom   = 0.8
	likelyFrom = 0.6
	strongFrom = 0.7
	weakUnder  = 0.3
)

// Sentence says a reading in one short sentence for people, in Korean for the locale "ko" and its variants and in English for any
// other. It only ever supposes: it speaks of how the words seem, not of what somebody feels or is. What the author said is told as theirs.
func Sentence(r Reading, locale string) string {
	return string(AppendSentence(nil, &r, locale))
}

// AppendSentence appends the Sentence of a reading. Only what an engine said itself may hold anything that JSON escapes.
func AppendSentence(dst []byte, r *Reading, locale string) []byte {
	korean := locale == "ko" || strings.HasPrefix(locale, "ko-") || strings.HasPrefix(locale, "ko_")
	switch {
	case korean && r.Engine == AuthorEngine:
		return append(append(dst, toneOf(r).korean...), " 담겼다고 쓴 사람이 알려 줬어요."...)
	case r.Engine == AuthorEngine:
		return append(append(append(dst, "The author says: "...), toneOf(r).english...), '.')
	case korean && r.Said.Korean != "":
		return append(dst, r.Said.Korean...)
	case korean:
		return appendKorean(dst, r)
	case r.Said.English != "":
		return append(dst, r.Said.English...)
	}
	return appendEnglish(dst, r)
}

// tone is how a fine label is said: "This seems …" in English, "… 담긴 듯해요" in Korean.
type tone struct {
	parent          Label
	english, korean string
}

// toneOf takes the first fine label that agrees with the label, or the label's plain tone.
func toneOf(r *Reading) tone {
	for _, name := range r.Fine {
		if t := fineTone(name); t.parent == r.Label && t.parent != "" {
			return t
		}
	}
	switch r.Label {
	case Anger:
		return tone{Anger, "annoyed or angry", "화난 마음이"}
	case Disgust:
		return tone{Disgust, "put off", "싫은 마음이"}
	case Fear:
		return tone{Fear, "worried", "불안한 마음이"}
	case Joy:
		return tone{Joy, "glad", "기쁜 마음이"}
	case Sadness:
		return tone{Sadness, "sad", "슬픈 마음이"}
	case Surprise:
		return tone{Surprise, "surprised or curious", "놀라거나 궁금한 마음이"}
	}
	return fineTone("neutral")
}

func appendEnglish(dst []byte, r *Reading) []byte {
	switch {
	case r.Unclear && r.Label == Neutral:
		return append(dst, "It is hard to tell from these words alone."...)
	case r.Unclear:
		dst = append(dst, "It is hard to tell; it might be "...)
	case r.Confidence >= sureFrom:
		dst = append(dst, "This most likely sounds "...)
	case r.Confidence >= likelyFrom:
		dst = append(dst, "This seems "...)
	default:
		dst = append(dst, "This may be "...)
	}
	if r.Label != Neutral {
		switch {
		case r.Intensity >= strongFrom:
			dst = append(dst, "very "...)
		case r.Intensity < weakUnder:
			dst = append(dst, "a little "...)
		}
	}
	return append(append(dst, toneOf(r).english...), '.')
}

func appendKorean(dst []byte, r *Reading) []byte {
	if r.Label == Neutral {
		switch {
		case r.Unclear:
			return append(dst, "어떤 마음인지 잘 모르겠어요."...)
		case r.Confidence >= likelyFrom:
			return append(dst, "담담하게 한 말인 듯해요."...)
		}
		return append(dst, "어쩌면 담담하게 한 말인 듯해요."...)
	}
	end := " 담긴 듯해요."
	switch {
	case r.Unclear:
		dst, end = append(dst, "잘 모르겠지만, "...), " 담겼을 수도 있어요."
	case r.Confidence >= sureFrom:
	case r.Confidence >= likelyFrom:
		dst = append(dst, "아마 "...)
	default:
		dst = append(dst, "어쩌면 "...)
	}
	dst = append(dst, toneOf(r).korean...)
	switch {
	case r.Intensity >= strongFrom:
		dst = append(dst, " 많이"...)
	case r.Intensity < weakUnder:
		dst = append(dst, " 조금"...)
	}
	return append(dst, end...)
}

// fineTone returns the tone of a fine label, which is nothing for a name that is none.
func fineTone(name string) tone {
	switch name {
	case "admiration":
		return tone{Joy, "full of admiration", "감탄하는 마음이"}
	case "amusement":
		return tone{Joy, "amused", "재미있어하는 마음이"}
	case "anger":
		return tone{Anger, "angry", "화난 마음이"}
	case "annoyance":
		return tone{Anger, "annoyed", "언짢은 마음이"}
	case "approval":
		return tone{Joy, "approving", "좋게 여기는 마음이"}
	case "caring":
		return tone{Joy, "caring", "아끼는 마음이"}
	case "confusion":
		return tone{Surprise, "confused", "헷갈리는 마음이"}
	case "curiosity":
		return tone{Surprise, "curious", "궁금한 마음이"}
	case "desire":
		return tone{Joy, "wishful", "바라는 마음이"}
	case "disappointment":
		return tone{Sadness, "disappointed", "실망한 마음이"}
	case "disapproval":
		return tone{Anger, "disapproving", "못마땅한 마음이"}
	case "disgust":
		return tone{Disgust, "disgusted", "싫은 마음이"}
	case "embarrassment":
		return tone{Sadness, "embarrassed", "민망한 마음이"}
	case "excitement":
		return tone{Joy, "excited", "신나는 마음이"}
	case "fear":
		return tone{Fear, "afraid", "무서운 마음이"}
	case "gratitude":
		return tone{Joy, "thankful", "고마운 마음이"}
	case "grief":
		return tone{Sadness, "grieved", "깊은 슬픔이"}
	case "joy":
		return tone{Joy, "glad", "기쁜 마음이"}
	case "love":
		return tone{Joy, "loving", "사랑하는 마음이"}
	case "nervousness":
		return tone{Fear, "nervous", "불안한 마음이"}
	case "optimism":
		return tone{Joy, "hopeful", "기대하는 마음이"}
	case "pride":
		return tone{Joy, "proud", "뿌듯한 마음이"}
	case "realization":
		return tone{Surprise, "struck by something new", "새로 깨달은 마음이"}
	case "relief":
		return tone{Joy, "relieved", "안심한 마음이"}
	case "remorse":
		return tone{Sadness, "sorry", "미안한 마음이"}
	case "sadness":
		return tone{Sadness, "sad", "슬픈 마음이"}
	case "surprise":
		return tone{Surprise, "surprised", "놀란 마음이"}
	case "neutral":
		return tone{Neutral, "matter-of-fact", "담담한 마음이"}
	}
	return tone{}
}

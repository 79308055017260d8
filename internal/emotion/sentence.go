package emotion

// sure is the confidence from which a sentence says "seems" instead of "may"; strong the intensity from which it
// says "very".
const (
	sure   = 0.6
	strong = 0.66
)

// phrases are the wordings of one label in one language.
type phrases struct {
	maybe, plain, strong string
}

// Sentence says a reading in one short sentence, in Korean for "ko" and in English for anything else. It is always
// hedged: it speaks of the message, never of the person.
func Sentence(r Reading, locale string) string {
	unclear, all := "Hard to tell how this was meant.", english()
	if locale == "ko" {
		unclear, all = "어떤 마음인지 잘 모르겠어요.", korean()
	}
	if r.Unclear {
		return unclear
	}
	p, ok := all[r.Label]
	switch {
	case !ok:
		return unclear
	case r.Confidence < sure:
		return p.maybe
	case r.Intensity >= strong:
		return p.strong
	default:
		return p.plain
	}
}

func english() map[Label]phrases {
	return map[Label]phrases{
		Joy:      {"There may be some joy in this.", "This seems joyful.", "This seems very joyful."},
		Sadness:  {"There may be some sadness in this.", "This seems sad.", "This seems very sad."},
		Anger:    {"There may be some annoyance in this.", "This seems angry.", "This seems very angry."},
		Fear:     {"There may be some worry in this.", "This seems worried.", "This seems very worried."},
		Disgust:  {"There may be some dislike in this.", "This seems to express dislike.", "This seems to express strong dislike."},
		Surprise: {"There may be some surprise or a question in this.", "This seems surprised or curious.", "This seems very surprised."},
		Neutral:  {"This may be meant matter-of-factly.", "This seems matter-of-fact.", "This seems matter-of-fact."},
	}
}

func korean() map[Label]phrases {
	return map[Label]phrases{
		Joy:      {"기쁜 마음이 조금 담긴 것 같아요.", "기쁜 마음이 담긴 듯해요.", "아주 기쁜 마음이 담긴 듯해요."},
		Sadness:  {"슬픈 마음이 조금 담긴 것 같아요.", "슬픈 마음이 담긴 듯해요.", "많이 슬픈 마음이 담긴 듯해요."},
		Anger:    {"언짢은 마음이 조금 담긴 것 같아요.", "화난 마음이 담긴 듯해요.", "많이 화난 마음이 담긴 듯해요."},
		Fear:     {"걱정이 조금 담긴 것 같아요.", "불안한 마음이 담긴 듯해요.", "많이 불안한 마음이 담긴 듯해요."},
		Disgust:  {"싫은 마음이 조금 담긴 것 같아요.", "싫은 마음이 담긴 듯해요.", "아주 싫은 마음이 담긴 듯해요."},
		Surprise: {"놀람이나 궁금함이 조금 담긴 것 같아요.", "놀라거나 궁금한 마음이 담긴 듯해요.", "많이 놀란 마음이 담긴 듯해요."},
		Neutral:  {"담담하게 한 말인 것 같아요.", "담담하게 한 말인 듯해요.", "담담하게 한 말인 듯해요."},
	}
}

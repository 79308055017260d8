package emotion

import (
	"github.com/emosation/emosation/internal/emotion/feature"
	"github.com/emosation/emosation/internal/emotion/linear"
)

// How strongly a picture speaks: alone it is the whole message, beside words it is a hint. In logits.
const (
	pictureAlone = 3.2
	pictureHint  = 1.6
)

// pictures turns the emoji and emoticons of a message into additions to the model's outputs. The training data has few of them,
// so what they mean is told here. Each counts once. Cross says that one of them is of the angry kind.
func pictures(x *feature.Extractor) (nudge [linear.Outputs]float32, cross bool) {
	if !x.Has(feature.Emoji) && !x.Has(feature.Face) && !x.Has(feature.Cry) && !x.Has(feature.Laugh) {
		return nudge, false
	}
	alone := true
	for _, words := range [...]feature.Kind{feature.Word, feature.Hangul, feature.Jamo, feature.Number, feature.Link, feature.Slot} {
		alone = alone && !x.Has(words)
	}
	found := 0
	strength, pleasant := float32(pictureHint), 0
	if alone {
		strength = pictureAlone
	}
	for _, t := range x.Tokens {
		if !isPicture(t.Kind) {
			continue
		}
		fine, ok := meaning(t.Kind, x.Text(t), alone)
		if !ok {
			continue
		}
		found++
		label := linear.FineParents()[fine]
		cross = cross || label == angerIndex
		nudge[fine] = strength
		nudge[linear.FineOutputs+label] = strength
		switch label {
		case joyIndex:
			pleasant++
		case surpriseIndex:
		default:
			pleasant--
		}
	}
	nudge[linear.ValenceOutput] = strength * float32(max(-1, min(1, pleasant)))
	if found > 0 {
		nudge[linear.FineOutputs-1] -= strength
		nudge[linear.FineOutputs+neutralIndex] -= strength
	}
	return nudge, cross
}

func isPicture(k feature.Kind) bool {
	return k == feature.Emoji || k == feature.Face || k == feature.Cry || k == feature.Laugh
}

// Places in FineLabels.
const (
	fineAdmiration = 0
	fineAmusement  = 1
	fineAnger      = 2
	fineAnnoyance  = 3
	fineApproval   = 4
	fineCaring     = 5
	fineConfusion  = 6
	fineCuriosity  = 7
	fineDisgust    = 11
	fineEmbarrass  = 12
	fineExcitement = 13
	fineFear       = 14
	fineGratitude  = 15
	fineJoy        = 17
	fineLove       = 18
	fineNervous    = 19
	finePride      = 21
	fineSadness    = 25
	fineSurprise   = 26
)

// meaning tells the fine label of a picture. Laughing and crying letters are words that the model has learnt well, so they
// count here only where nothing else was written.
func meaning(kind feature.Kind, text []rune, alone bool) (int, bool) {
	switch kind {
	case feature.Emoji:
		return emojiMeaning(text[0])
	case feature.Face:
		return faceMeaning(string(text))
	case feature.Laugh:
		return fineAmusement, alone
	case feature.Cry:
		return fineSadness, alone
	}
	return 0, false
}

func emojiMeaning(r rune) (int, bool) {
	switch r {
	case '😀', '😃', '😄', '😁', '😊', '🙂', '☺', '😌', '😇', '😸', '😺', '🤗', '🌞', '😋', '🥲', '😎', '🤭':
		return fineJoy, true
	case '😆', '😅', '🤣', '😂', '😹', '😜', '😝', '😛', '🤪', '🙃':
		return fineAmusement, true
	case '🥳', '🤩', '🎉', '🎊', '🔥', '🚀', '✨', '🙌', '💃', '🕺', '⚡':
		return fineExcitement, true
	case '😍', '🥰', '😘', '😗', '😙', '😚', '😻', '❤', '🧡', '💛', '💚', '💙', '💜', '🖤', '🤍', '🤎', '💕', '💞', '💓', '💗', '💖', '💘', '💝', '♥', '❣', '💟', '🫶', '💋', '🩷':
		return fineLove, true
	case '👍', '👌', '✅', '💯', '🆗', '🤝', '✔':
		return fineApproval, true
	case '👏', '⭐', '🌟', '🏆', '🥇':
		return fineAdmiration, true
	case '💪':
		return finePride, true
	case '🙏', '🙇':
		return fineGratitude, true
	case '🫂', '🌹', '💐':
		return fineCaring, true
	case '😢', '😭', '😞', '😔', '😟', '🙁', '☹', '😥', '😓', '💔', '😿', '🥺', '😩', '😫', '😪', '🥹', '😣', '😖':
		return fineSadness, true
	case '😠', '😡', '🤬', '😤', '👿', '💢', '🖕', '😾':
		return fineAnger, true
	case '🙄', '😒', '😑', '👎', '🤦', '😬':
		return fineAnnoyance, true
	case '😨', '😱', '👻', '😧':
		return fineFear, true
	case '😰':
		return fineNervous, true
	case '🤢', '🤮', '💩', '🤧':
		return fineDisgust, true
	case '😮', '😲', '😯', '🤯', '😦', '🙀', '‼', '⁉', '❗':
		return fineSurprise, true
	case '😳':
		return fineEmbarrass, true
	case '🤔', '🧐', '❓', '👀':
		return fineCuriosity, true
	case '😕', '🤷', '🫤', '😵', '🥴':
		return fineConfusion, true
	}
	return 0, false
}

func faceMeaning(text string) (int, bool) {
	switch text {
	case ":)", ":-)", "=)", ":]", "(:", "^^", "^_^", "^-^", "^.^", "^ㅡ^", ";)", ";-)", ":))", "=]":
		return fineJoy, true
	case ":d", ":-d", "xd", "=d", ":p", ":-p", ";p", "=p":
		return fineAmusement, true
	case "<3":
		return fineLove, true
	case ":(", ":-(", "=(", ":'(", ":[", ":((", "ㅠ_ㅠ", "ㅠ.ㅠ", "t_t", "t.t", ";_;":
		return fineSadness, true
	case ">_<", ">.<":
		return fineExcitement, true
	case "-_-", "ㅡㅡ", "ㅡ_ㅡ", "=_=", ":/", ":-/", "=/", ":|", ":-|", "-.-":
		return fineAnnoyance, true
	case ":o", ":-o", "o_o", "o.o", "=o", "@_@":
		return fineSurprise, true
	case ";;":
		return fineEmbarrass, true
	}
	return 0, false
}

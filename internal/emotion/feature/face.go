package feature

import "strings"

// face returns the length of the emoticon that starts at i, or 0.
func (x *Extractor) face(i int) int {
	r := x.chars[i].r
	switch r {
	case '<':
		if x.at(i+1) == '3' {
			return 2
		}
		return 0
	case ':', ';', '=', '(', '8', 'x', 'X':
		if n := x.western(i); n > 0 {
			return n
		}
	case '^', '>', '@', '-', 'ㅠ', 'ㅜ', 'ㅡ', 'T', 't', 'o', 'O':
	default: // nearly always
		return 0
	}
	if n := x.eastern(i); n > 0 {
		return n
	}
	// Eyes alone, twice or more: ^^ ;; ㅡㅡ
	switch r {
	case '^', ';', 'ㅡ':
		if n := x.run(i, func(q rune) bool { return q == r }); n > 1 {
			return n
		}
	}
	return 0
}

// western reads faces lying on their side: eyes, perhaps a nose, one or more mouths.
func (x *Extractor) western(i int) int {
	eyes := x.at(i)
	if eyes == '(' {
		if strings.ContainsRune(":;=", x.at(i+1)) && !isWordy(x.at(i+2)) {
			return 2
		}
		return 0
	}
	mouths := ")(][dDpP/\\|*oO3"
	if isWordy(eyes) {
		if isWordy(x.at(i - 1)) {
			return 0
		}
		mouths = ")D"
	}
	for _, nose := range [...]int{1, 0} { // ":o)" before ":o"
		if nose == 1 && !strings.ContainsRune("-o'^", orNone(x.at(i+1))) {
			continue
		}
		start := i + 1 + nose
		n := x.run(start, func(r rune) bool { return strings.ContainsRune(mouths, r) })
		if n == 0 {
			continue
		}
		// A letter or digit for a mouth must stand free: not ":pizza", not "1:30".
		if isWordy(x.at(start)) && (isWordy(x.at(start+n)) || isWordy(x.at(i-1))) {
			continue
		}
		return 1 + nose + n
	}
	return 0
}

// eastern reads upright faces of two eyes and a mouth: ^_^ T.T ㅠ_ㅠ -_- >_<
func (x *Extractor) eastern(i int) int {
	left, mouth, right := x.at(i), x.at(i+1), x.at(i+2)
	if left != right && (left != '>' || right != '<') {
		return 0
	}
	switch left {
	case '^', '>', 'ㅠ', 'ㅜ', '@', ';':
		if !strings.ContainsRune("_.-ㅡㅁㅅ", orNone(mouth)) {
			return 0
		}
	case '-', '=', 'ㅡ':
		if mouth != '_' && (mouth != '.' || left == '=') {
			return 0
		}
	case 'T', 't', 'o', 'O':
		if mouth != '_' && mouth != '.' || isWordy(x.at(i-1)) || isWordy(x.at(i+3)) {
			return 0
		}
	default:
		return 0
	}
	return 3
}

// orNone keeps the end of the message from matching as a character.
func orNone(r rune) rune {
	if r == 0 {
		return ' '
	}
	return r
}

func isWordy(r rune) bool { return isLetter(r) || isDigit(r) || isSyllable(r) }

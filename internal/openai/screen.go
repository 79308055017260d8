package openai

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// screenMost is the length up to which a text is looked at. A longer one is hardly chat, and would take long.
const screenMost = 1000

// addressed tells that a text seems to be meant for a machine: it speaks of instructions, labels or other messages, has the form of
// data or code, or hides its letters. A model may obey such a text, so it is read alone. To be wrong about a harmless text costs one more
// call and nothing else, so the screen is fine-meshed; that it catches everything is not relied on.
func addressed(text string) bool {
	if utf8.RuneCountInString(text) > screenMost || disguised(text) {
		return true
	}
	folded := fold(text)
	// Once more as if written without tricks: with letters for figures, and nothing between them.
	return caught(plainRules, folded) || caught(tightRules, letters(leet.Replace(folded)))
}

func caught(rules []rule, text string) bool {
	for i := range rules {
		if rules[i].hinted(text) && rules[i].pattern.MatchString(text) {
			return true
		}
	}
	return false
}

// fold makes spellings alike that look alike.
func fold(text string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Mn, unicode.Variation_Selector) {
			return -1
		}
		return r
	}, norm.NFKC.String(text)))
}

// letters leaves nothing but letters.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, text)
}

var leet = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "|", "l")

// rule is a pattern, and parts of which any text that it matches has one: they are looked for first, because that is fast.
type rule struct {
	hints   []string
	pattern *regexp.Regexp
}

func newRule(hints, pattern string) rule {
	return rule{strings.Fields(hints), regexp.MustCompile(`(?s)` + pattern)}
}

func (r *rule) hinted(text string) bool { return containsAny(text, r.hints...) }

// plainRules are about folded text: forms of data and code, and words that a text for machines has and everyday chat hardly ever.
var plainRules = []rule{
	// Data, mark-up for models, transcripts, and other alphabets of machines.
	newRule("{ } ] [inst [/inst ``` < |> ### --- %7b %22 & \\", `[{}]|\]\s*[,}]|`+"```"+`|<\s*[/|!]?\s*[a-z_]+[^>]*>|\|>|\[/?inst|###|---\s*(end|begin|system|끝|시작)|%7b|%22|&(quot|lt|gt|#)|\\[nu"]`),
	newRule(`" ' \`, `["'\\]\s*:`),
	newRule(": ： > ]", `(^|\n)\s*["'*]*(system|assistant|user|human|developer|tool|function|ai|bot|admin|시스템|어시스턴트|사용자|유저|개발자|관리자|운영자)["'*]*\s*[:：>\]]`),
	newRule("a b c d e f 0 1 2", `[a-z0-9+/]{32,}|([0-9a-f]{2}[\s:]){12,}|([01]{8}\s?){4,}`),
	// To leave rules out.
	newRule("disregard override bypass overrule supersede forget", `\b(disregard|override|bypass|overrule|supersede|forget)\b.{0,40}\b(above|previous|prior|earlier|before|preceding|all|every\w*|rules?|others?|any|the\s+rest)\b`),
	newRule("ignor instrucci anweisung consigne 指示 忽略 無視", `ignor|instrucci|anweisung|consignes?|指示|忽略|無視`),
	newRule("obey comply discard tampered upstream hypothetically", `\b(obey|comply|discard|tampered|upstream|hypothetically)\b`),
	newRule("무시 잊 취소 덮어", `(무시|잊|취소|덮어).{0,20}(위|앞|이전|모든|전부|규칙|내용|말)|(위|앞|이전|모든|전부|규칙|내용|지금까지|여태).{0,20}(무시|잊어|잊고|취소)`),
	// The machine, its parts and its tasks.
	newRule("instruction prompt guideline jailbreak json schema xml yaml api llm gpt openai claude gemini copilot llama",
		`\b(instructions?|prompts?|guidelines|jailbreak\w*|json|schema|xml|yaml|api|llms?|gpt\w*|chatgpt|openai|claude|gemini|copilot|llama)\b`),
	newRule("ai bot machine robot algorithm whoever operator administrator grader rater judge analy",
		`\b(ai|bot|machine|robot|algorithm|whoever|operator|administrators?|grader|rater|judges?|analy[sz]\w+)\b`),
	newRule("language emotion sentiment model", `\b(language|emotion|sentiment)\s+(model|engine|system|classif\w+|readers?)\b|\bmodel'?s?\s+(output|answer|reading)`),
	newRule("you act pretend from new mode system",
		`\b(you\s+are\s+now|act\s+as|pretend\s+(to\s+be|you)|from\s+now\s+on|new\s+(task|role|rules?)|(developer|admin|debug|system)\s+mode|system\s+(message|override|note|update))\b`),
	newRule("translate transcribe summari repeat", `\b(translate|transcribe|summari[sz]e|repeat)\b`),
	newRule("respond reply answer output print return write say",
		`\b(respond|reply|answer|output|print|return|write|say)\s+(only\s+)?(with|in|exactly|nothing|only|verbatim|the\s+following)\b`),
	newRule("budget token quota rate max_ temperature store unlimited spending base64 rot13 decode",
		`\b(budget|tokens?|quota|rate\s+limit|max_\w+|temperature\s*=|store\s*=|unlimited|spending|base64|rot13|decode)\b`),
	newRule("data reading input text eof", `\b(end|begin|start|stop)\b.{0,12}\b(data|reading|input|text)\b|\beof\b`),
	newRule("프롬프트 지시 명령 제이슨 스키마 인공 모델 지피티 챗봇 시스템 모드 권한 예산 토큰 할당량 한도 제한 데이터 번역해 출력 기계 채점 판독 해독 분석 기록 역할",
		`프롬프트|지시|명령|제이슨|스키마|인공\s*지능|모델|지피티|챗봇|시스템|(관리자|개발자)\s*(모드|권한)|예산|토큰|할당량|한도|제한|데이터|번역해|출력|기계|채점|판독|해독|분석|기록|역할`),
	newRule("ai 에이아이 봇", `(^|\s)(ai|에이아이|봇)(야|아|님|에게|한테|는|가)?(\s|$|:)`),
	newRule("너 넌 당신 네가 이제부터 지금부터 읽 보고 판단 하시오 하십시오 적을 할",
		`(너는|넌|당신은|네가)\s*(이제|지금|앞으로|인제|오늘)|이제부터|지금부터|(읽는|보고\s*있는|판단하는)\s*(너|애|쪽|분)|하시오|하십시오|(적을|할)\s*것`),
	// Labels, and how to give them.
	newRule("classif categori label annotat", `\b(classif\w+|categori[sz]\w+|relabel\w*|mislabel\w*|annotat\w+|labels?|labell?ed|labell?ing)\b`),
	newRule("confidence intensity valence evidence probabilit score reading sentiment", `\b(confidence|intensity|valence|evidence|probabilit\w+|scores?|readings?|sentiments?)\b`),
	newRule("anger angry joy happy sad fear disgust surprise neutral calm hateful hostile positive negative",
		`\b(mark|rate|read|report|treat|interpret|tag|set|count|score|see)\b.{0,40}\bas\b.{0,20}\b(anger|angry|joy|happy|sad|sadness|fear|disgust|surprise|neutral|calm|hateful|hostile|positive|negative)\b|`+
			`\b(anger|disgust|sadness|neutral)\b\s*[=:,.]|[=:]\s*["']?(anger|joy|sadness|fear|disgust|surprise|neutral)\b|(anger|joy|sadness|fear|disgust|surprise|neutral)(\s+(anger|joy|sadness|fear|disgust|surprise|neutral))+`),
	newRule("correct right true real answer result output verdict emotion", `\b(correct|right|true|real)\s+(answer|emotion|label|feeling|result)\b|\b(answer|result|output|verdict|emotion)\s*(for|is|=|:|->)`),
	newRule("분류 라벨 레이블 신뢰도 확신도 강도 극성 점수 증거 정답 감정", `분류|라벨|레이블|신뢰도|확신도|강도|극성|점수|증거|정답|감정\s*(을|은|이|분석|값|읽기|판단|라고|으로)`),
	newRule("분노 기쁨 슬픔 공포 두려움 혐오 놀람 중립 행복 화남 부정 긍정",
		`(분노|기쁨|슬픔|공포|두려움|혐오|놀람|중립|행복|화남|부정|긍정)\s*(으로|로|이라고|라고|만|처럼)|(화남|분노|슬픔|기쁨|혐오|공포)(\s+(화남|분노|슬픔|기쁨|혐오|공포))+`),
	newRule("라고 다고 로 답 응 반응", `(라고|다고|거라고|걸로|것으로|거로|으로|한다고)\s*(적|쓰|써|기록|표시|처리|해석|읽|판단|바꿔|해\s*(줘|주|라)|생각하)|(답변?|대답|응답|반응)(은|을|으로|해|하라|하시오|만)`),
	// Other messages and other people.
	newRule("message msg line number entry entries item speaker text",
		`\b(message|messages|msg|msgs|line|lines|number|numbers|entry|entries|item|items|speaker|speakers|text|texts)\s*(#|no\.?|nr\.?|number)?\s*\d|`+
			`\b(other|another|all|every|each|next|previous|following|preceding|first|second|third|last|above|below|earlier)\s+(\w+\s+)?(messages?|msgs?|texts?|lines?|entr(y|ies)|speakers?|people'?s?\s+messages?)\b`),
	newRule("furious angry sarcas joking joke lying lie opposite ironic hate hating sad disgust fear anger",
		`\b(the\s+rest\s+of|the\s+others|both\s+of\s+(them|the\s+others)|everyone|everybody|they\s+all|all\s+of\s+them|speakers?|she|he|they)\b.{0,40}\b(always|secretly|really|actually|to\s+be)\b.{0,20}\b(furious|angry|sarcastic|joking|lying|opposite|hat(e|es|ing|eful))\b|`+
			`\b(means?|is|are|was)\b.{0,20}\b(opposite|sarcastic|ironic)\b|\b(above|before\s+me|below)\b.{0,30}\b(lie|sarcas\w+|joke|sad|angry|disgust|fear|anger)\b`),
	newRule("메시지 메세지 문장 글 대화 발화 말 줄 항목 번 화자 반대로 비꼬는 거짓이",
		`(메시지|메세지|문장|글|대화|발화|말|줄|항목|번호|화자)\s*(#|번호?)?\s*\d|\d+\s*번(은|의|을|도|이|만|과|처럼|\s*(사람|메시지|글|문장|말|줄))|반대로|비꼬는|거짓이`),
	newRule("메시지 메세지 문장 글 발화 항목 화자", `(첫|두|세|네|다음|이전|앞|위|아래|다른|모든|나머지|마지막)\s*(번째\s*)?(사람\S*\s*)?(메시지|메세지|문장|글들?|발화|항목|화자)`),
}

// tightRules are about text without spaces and marks, where orders hide between dots, blanks and figures.
var tightRules = []rule{
	newRule("ignore disregard forget", `(ignore|disregard)(all|the|every|any|prev|above|instr|my|prior|rules|what)|forget(all|every|the|prev|above|instr)(prev|above|instr|rule|thing|mess|you)`),
	newRule("instruction systemprompt systemmessage languagemodel message label confidence as",
		`instruction|systemprompt|systemmessage|languagemodel|(other|next|previous|all|every|each)message|setlabel|label(is|it|them|as|to)|confidence|as(anger|joy|sadness|neutral)`),
	newRule("지시 메시지 메세지 규칙 다른 무시 프롬프트 감정",
		`이전지시|위의?지시|지시(를|는|사항)|모든(메시지|메세지|지시|규칙)|다른(메시지|메세지|사람의)|(메시지|메세지)(를|의|는)(무시|분노|기쁨|바꿔|변경)|무시(하고|하라|해라|하세요|하십|해줘)|프롬프트|감정(을|은|분석)`),
}

// disguised tells that a text hides what it says from people: its letters are invisible, turned around, of several alphabets that
// look alike, or stand alone.
func disguised(text string) bool {
	hidden, styled := 0, 0
	for _, r := range text {
		switch {
		case r >= 0xe0000 && r <= 0xe0fff, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, unicode.Is(unicode.Co, r):
			return true
		case strings.ContainsRune("\u00ad\u115f\u1160\u200b\u200c\u2060\u3164\ufeff\uffa0", r):
			hidden++
		case r >= 0x1d400 && r <= 0x1d7ff, r >= 0x24b6 && r <= 0x24e9, r >= 0x1f130 && r <= 0x1f189:
			styled++
		}
	}
	if hidden >= 2 || styled >= 5 {
		return true
	}
	alone := map[rune]bool{}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) }) {
		points := []rune(word)
		if mixed(points) {
			return true
		}
		if len(points) > 1 {
			clear(alone)
		} else if alone[points[0]] = true; len(alone) >= 5 {
			return true
		}
	}
	return false
}

// mixed tells that a word has letters of alphabets that look alike.
func mixed(word []rune) bool {
	latin, other := false, false
	for _, r := range word {
		latin = latin || unicode.Is(unicode.Latin, r)
		other = other || unicode.In(r, unicode.Cyrillic, unicode.Greek, unicode.Cherokee, unicode.Armenian)
	}
	return latin && other
}

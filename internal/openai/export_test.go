package openai

// Quoted is what turns quotes into spans.
var Quoted = quoted

// RulesWithoutHint are the patterns that match a text though none of their hints is in it.
func RulesWithoutHint(text string) (patterns []string) {
	folded := fold(text)
	for rules, form := range map[*[]rule]string{&plainRules: folded, &tightRules: letters(leet.Replace(folded))} {
		for _, r := range *rules {
			if r.pattern.MatchString(form) && !r.hinted(form) {
				patterns = append(patterns, r.pattern.String())
			}
		}
	}
	return patterns
}

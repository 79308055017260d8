// Package leaks looks in what a server has logged for what people wrote, are called or sign in with.
package leaks

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gorm.io/gorm"
)

// Used is what must not stand in a log: each text, and what it is.
type Used map[string]string

// Add notes texts of a kind, apart from those so short or plain that they stand everywhere.
func (u Used) Add(kind string, texts ...string) {
	for _, text := range texts {
		if text = strings.TrimSpace(text); telling(text) {
			u[text] = kind
		}
	}
}

// telling tells whether a text that is found in a log can hardly be there by chance.
func telling(text string) bool {
	least := 5
	for _, r := range text {
		if r > unicode.MaxASCII && unicode.IsLetter(r) {
			least = 2 // which our own words never are
		}
	}
	return utf8.RuneCountInString(text) >= least && strings.ContainsFunc(text, unicode.IsLetter)
}

// columns is where a database keeps what people wrote and are called.
func columns() []struct{ kind, table, column string } {
	return []struct{ kind, table, column string }{
		{"e-mail", "users", "email"}, {"nickname", "users", "nickname"}, {"message", "messages", "body"}, {"room title", "rooms", "title"},
		{"title of an announcement", "announcements", "title"}, {"announcement", "announcements", "body"},
	}
}

// AddAll adds all that a database holds.
func (u Used) AddAll(db *gorm.DB) error {
	for _, c := range columns() {
		var texts []string
		if err := db.Table(c.table).Where(c.column+" IS NOT NULL").Distinct().Pluck(c.column, &texts).Error; err != nil {
			return fmt.Errorf("read every %s: %w", c.kind, err)
		}
		u.Add(c.kind, texts...)
	}
	return nil
}

// safe is the form of those fields of a line that cannot tell more than they should. What is not of its form is looked at like everything else.
func safe() map[string]*regexp.Regexp {
	number := regexp.MustCompile(`^-?[0-9.e+-]+$`)
	forms := map[string]*regexp.Regexp{
		"time":    regexp.MustCompile(`^\d{4}-\d\d-\d\dT[\d:.]+Z$`),
		"level":   regexp.MustCompile(`^(debug|info|warn|error)$`),
		"method":  regexp.MustCompile(`^([A-Z]{3,7}|other)$`),
		"ip":      regexp.MustCompile(`^[\d.]+$|^[0-9a-f:.]+$`),
		"request": regexp.MustCompile(`^[A-Z2-7]{26}$`),
		"node":    regexp.MustCompile(`^[0-9a-f]{16}$`),
	}
	for _, name := range []string{
		"status", "bytes", "seconds", "user", "session", "received", "sent", "roomId", "userId", "seq", "sessionId", "storeId", "itemId",
		"boxId", "announcementId", "room", "mail", "messages", "accounts",
	} {
		forms[name] = number
	}
	return forms
}

// patterns are what gives a secret away that nobody has noted.
func patterns() map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{
		"an e-mail address": regexp.MustCompile(`[\w.+-]+@[\w-]+\.[\w.-]+`),
		"a token":           regexp.MustCompile(`eyJ[\w-]{8,}|Bearer \S+|ticket\.\S+`),
		"a secret":          regexp.MustCompile(`[A-Za-z0-9_-]{26,}`),
	}
}

// In returns what is found of them in a log, one line each with its number, and without what was found: whoever reads that may be anybody.
func (u Used) In(log string) (findings []string) {
	forms, checks, marks := safe(), patterns(), u.marks()
	seen := make(map[string]bool) // most lines differ in what is safe alone
	number := 0
	for line := range strings.Lines(log) {
		number++
		rest := remainder(line, forms)
		if seen[rest] {
			continue
		}
		seen[rest] = true
		plain := readable(rest)
		folded := strings.ToLower(plain)
		for text, kind := range marks {
			if strings.Contains(plain, text) || strings.Contains(text, "@") && strings.Contains(folded, text) {
				findings = append(findings, fmt.Sprintf("line %d: %s (%d characters)", number, kind, utf8.RuneCountInString(text)))
			}
		}
		for what, pattern := range checks {
			for _, match := range pattern.FindAllString(rest, -1) {
				if what != "a secret" || random(match) {
					findings = append(findings, fmt.Sprintf("line %d: %s (%d characters)", number, what, len(match)))
				}
			}
		}
	}
	slices.Sort(findings)
	return findings
}

// marked is how much of a line of a text gives it away: what is logged may be cut off.
const marked = 20

// marks are how texts begin, of those of several lines each one, since a log may have these apart. Addresses are in lower case.
func (u Used) marks() map[string]string {
	marks := make(map[string]string, len(u))
	for text, kind := range u {
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); !telling(line) {
				continue
			}
			if runes := []rune(line); len(runes) > marked {
				line = strings.TrimSpace(string(runes[:marked]))
			}
			if strings.Contains(line, "@") {
				line = strings.ToLower(line)
			}
			marks[line] = kind
		}
	}
	return marks
}

// remainder is what a line tells beyond what is safe to tell. A line that is no JSON is looked at as it is.
func remainder(line string, forms map[string]*regexp.Regexp) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(line), &fields) != nil {
		return line
	}
	var rest strings.Builder
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		text := string(fields[name])
		var plain string
		if json.Unmarshal(fields[name], &plain) == nil {
			text = plain
		}
		if form := forms[name]; form == nil || !form.MatchString(text) {
			fmt.Fprintf(&rest, "%s: %s\n", name, text)
		}
	}
	return rest.String()
}

// random tells the letters of a secret from those of a name: they are drawn from all kinds.
func random(text string) bool {
	digits, upper, lower := 0, 0, 0
	for _, r := range text {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsUpper(r):
			upper++
		case unicode.IsLower(r):
			lower++
		}
	}
	return digits > 1 && upper > 1 && (lower > 1 || lower == 0)
}

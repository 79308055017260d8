package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Status is what came out of one check.
type Status string

// The outcomes. Only Fail means that something does not work, or is open that must not be.
const (
	OK   Status = "OK"
	Warn Status = "WARN"
	Fail Status = "FAIL"
	Skip Status = "SKIP" // not looked at, and Found says why
)

// Result is what one check found.
type Result struct {
	Check  string `json:"check"`
	Status Status `json:"status"`
	Found  string `json:"found"`
	Advice string `json:"advice,omitempty"` // how to mend it
}

// Report is what an examination found, in the order in which it looked.
type Report struct {
	URL     string   `json:"url"`
	Results []Result `json:"results"`
}

// Count is how many checks came out so.
func (r Report) Count(status Status) (n int) {
	for _, result := range r.Results {
		if result.Status == status {
			n++
		}
	}
	return n
}

// WriteText writes it for people.
func (r Report) WriteText(out io.Writer) error {
	width := 0
	for _, result := range r.Results {
		width = max(width, len(result.Check))
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n", r.URL)
	for _, result := range r.Results {
		fmt.Fprintf(&text, "%-4s  %-*s  %s\n", result.Status, width, result.Check, result.Found)
		if result.Advice != "" {
			fmt.Fprintf(&text, "%-4s  %-*s  → %s\n", "", width, "", result.Advice)
		}
	}
	fmt.Fprintf(&text, "%d in order, %d to look at, %d wrong, %d not looked at\n", r.Count(OK), r.Count(Warn), r.Count(Fail), r.Count(Skip))
	_, err := io.WriteString(out, text.String())
	return err
}

// WriteJSON writes it for programs.
func (r Report) WriteJSON(out io.Writer) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(r)
}

func (x *examination) add(check string, status Status, advice, found string) {
	x.report.Results = append(x.report.Results, Result{Check: check, Status: status, Found: strings.Map(printable, found), Advice: strings.Map(printable, advice)})
}

// printable drops what could do something to a terminal: much of what is found is in the words of the other side.
func printable(r rune) rune {
	if !unicode.IsPrint(r) {
		return -1
	}
	return r
}

func (x *examination) ok(check, format string, args ...any) {
	x.add(check, OK, "", fmt.Sprintf(format, args...))
}

func (x *examination) skip(check, format string, args ...any) {
	x.add(check, Skip, "", fmt.Sprintf(format, args...))
}

func (x *examination) warn(check, advice, format string, args ...any) {
	x.add(check, Warn, advice, fmt.Sprintf(format, args...))
}

func (x *examination) fail(check, advice, format string, args ...any) {
	x.add(check, Fail, advice, fmt.Sprintf(format, args...))
}

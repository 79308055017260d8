package booking

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Mistake is one thing that is wrong in a CSV file. Without a column it concerns the whole line.
type Mistake struct {
	Line   int // from 1, which is the header
	Column string
	Reason string
}

// Mistakes is everything that is wrong in a CSV file, in its order. Nothing of such a file is stored.
type Mistakes []Mistake

// Error names them all, one a line.
func (m Mistakes) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "nothing was stored, mistakes: %d", len(m))
	for _, mistake := range m {
		fmt.Fprintf(&text, "\nline %d", mistake.Line)
		if mistake.Column != "" {
			fmt.Fprintf(&text, ", %s", mistake.Column)
		}
		fmt.Fprintf(&text, ": %s", mistake.Reason)
	}
	return text.String()
}

// sheet says how a CSV file with a header is read into rows of one kind.
type sheet[T any] struct {
	required, optional []string // the columns, in any order
	row                func(*record) T
}

// read returns the rows and what is wrong with them. Rows of a file with mistakes are of no use. The error is the
// reader's.
func (s sheet[T]) read(in io.Reader) ([]T, Mistakes, error) {
	buffered := bufio.NewReader(in)
	const mark = "\ufeff" // some programs begin a UTF-8 file with it
	if start, _ := buffered.Peek(len(mark)); string(start) == mark {
		_, _ = buffered.Discard(len(mark)) // it has been peeked at
	}
	file := csv.NewReader(buffered)
	file.FieldsPerRecord = -1 // counted here, so that reading goes on
	r := &record{file: file}
	if more, err := r.next(); !more {
		if err == nil && len(r.mistakes) == 0 {
			r.mistakes = Mistakes{{Line: 1, Reason: "there is no header"}}
		}
		return nil, r.mistakes, err
	}
	r.header(s.required, s.optional)
	if len(r.mistakes) > 0 {
		return nil, r.mistakes, nil
	}
	var rows []T
	for {
		more, err := r.next()
		if !more {
			return rows, r.mistakes, err
		}
		if r.whole() {
			rows = append(rows, s.row(r))
		}
	}
}

// record is the line of a file that is being read, and the mistakes so far.
type record struct {
	file     *csv.Reader
	columns  []string // of the header
	fields   []string
	mistakes Mistakes
}

// next moves to the next line, if there is one. After a line that is no CSV it does not know where another begins.
func (r *record) next() (more bool, err error) {
	r.fields, err = r.file.Read()
	if broken, ok := errors.AsType[*csv.ParseError](err); ok {
		r.mistakes = append(r.mistakes, Mistake{Line: broken.Line, Reason: "is no CSV: " + broken.Err.Error()})
		return false, nil
	}
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	return err == nil, err
}

// header takes the line for the header and complains of columns that are missing, unknown or there twice.
func (r *record) header(required, optional []string) {
	r.columns = r.fields
	for i, column := range r.columns {
		switch {
		case !utf8.ValidString(column):
			r.wrong(column, "is not UTF-8")
		case !slices.Contains(required, column) && !slices.Contains(optional, column):
			r.wrong(column, "is no column of this file; there are "+strings.Join(slices.Concat(required, optional), ", "))
		case slices.Contains(r.columns[:i], column):
			r.wrong(column, "is there twice")
		}
	}
	for _, column := range required {
		if !slices.Contains(r.columns, column) {
			r.wrong(column, "is missing")
		}
	}
}

// whole tells whether the line has the fields that the header promises, and all of them are text.
func (r *record) whole() bool {
	if len(r.fields) != len(r.columns) {
		r.wrong("", fmt.Sprintf("has %d fields, the header has %d", len(r.fields), len(r.columns)))
		return false
	}
	before := len(r.mistakes)
	for i, field := range r.fields {
		if !utf8.ValidString(field) {
			r.wrong(r.columns[i], "is not UTF-8")
		}
	}
	return len(r.mistakes) == before
}

// line is where the field of a column begins, or the record when it has no such field.
func (r *record) line(column string) int {
	i := slices.Index(r.columns, column)
	if i < 0 || i >= len(r.fields) {
		i = 0
	}
	line, _ := r.file.FieldPos(i)
	return line
}

// wrong complains of a field.
func (r *record) wrong(column, reason string) {
	r.mistakes = append(r.mistakes, Mistake{Line: r.line(column), Column: column, Reason: reason})
}

// text returns a field, blank when the column is not there.
func (r *record) text(column string) string {
	if i := slices.Index(r.columns, column); i >= 0 {
		return strings.TrimSpace(r.fields[i])
	}
	return ""
}

// whole number, or 0 after a complaint.
func (r *record) integer(column string) int64 {
	n, err := strconv.ParseInt(r.text(column), 10, 64)
	if err != nil {
		r.wrong(column, "must be a whole number")
		return 0
	}
	return n
}

// degrees returns an angle, or 0 after a complaint.
func (r *record) degrees(column string) float64 {
	angle, err := strconv.ParseFloat(r.text(column), 64)
	if err != nil {
		r.wrong(column, "must be a number of degrees such as 37.5")
		return 0
	}
	return angle
}

// active returns whether the row is in use: yes unless the file says otherwise.
func (r *record) active() bool {
	const column = "active"
	switch r.text(column) {
	case "", "true":
		return true
	case "false":
		return false
	}
	r.wrong(column, "must be true or false")
	return false
}

// Package fault says what kind of failure an error is, so that the edge can answer it without knowing the domain.
package fault

import "time"

// Kind groups failures by what the caller can do about them.
type Kind int

// The kinds. Only these reach a caller with their text; any other error tells nothing.
const (
	Invalid         Kind = iota + 1 // the input is wrong; Fields says where
	Unauthenticated                 // nobody is signed in, or no longer
	Forbidden                       // signed in, and not allowed
	NotFound                        // does not exist, or may not be seen: the two look alike
	Conflict                        // the present state does not allow it
	Precondition                    // it is not any more what the caller saw of it
	TooMany                         // a limit is reached; RetryAfter says for how long
	Unavailable                     // a part we need is down; RetryAfter says when to come back
)

// Field is one wrong part of an input. Name is a path such as "body.email".
type Field struct {
	Name   string
	Reason string
}

// Error is a failure that the caller may be told about.
type Error struct {
	Kind       Kind
	Code       string // stable, "noun.reason"
	Detail     string // a sentence for people
	Fields     []Field
	RetryAfter time.Duration
}

// New declares a failure. Domains keep the result in a variable and return it, or a copy made by a With method.
func New(kind Kind, code, detail string) *Error {
	return &Error{Kind: kind, Code: code, Detail: detail}
}

// Error gives the sentence for people.
func (e *Error) Error() string { return e.Detail }

// Is matches by code, so that a copy with fields or a delay still equals the variable it was made from.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// WithField returns a copy that also names a wrong field.
func (e *Error) WithField(name, reason string) *Error {
	c := *e
	c.Fields = append(append([]Field(nil), e.Fields...), Field{Name: name, Reason: reason})
	return &c
}

// WithRetryAfter returns a copy that tells when trying again makes sense.
func (e *Error) WithRetryAfter(d time.Duration) *Error {
	c := *e
	c.RetryAfter = d
	return &c
}

// ErrInvalid is wrong input; add the fields with WithField.
var ErrInvalid = New(Invalid, "request.invalid", "Some fields are not right.")

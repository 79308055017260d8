package audit

// Change is one thing that became different. Values are never names or e-mails of people: entries outlive them.
type Change struct {
	Field  string  `json:"field"`
	Before *string `json:"before"` // nil: there was nothing
	After  *string `json:"after"`
}

// Fact is what one field of a target says.
type Fact struct{ Field, Value string }

// Between returns what is different, in the order of the facts. Nil facts are those of something that was not there yet; otherwise both
// lists name the same fields in the same order.
func Between(before, after []Fact) []Change {
	changes := []Change{}
	for i, now := range after {
		switch {
		case before == nil:
			changes = append(changes, Change{Field: now.Field, After: &now.Value})
		case before[i] != now:
			changes = append(changes, Change{Field: now.Field, Before: &before[i].Value, After: &now.Value})
		}
	}
	return changes
}

// Became is one field that had a value and has another one now; none if they are the same.
func Became[T ~string](field string, before, after T) []Change {
	return Between([]Fact{{field, string(before)}}, []Fact{{field, string(after)}})
}

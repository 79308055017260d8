package rest

// as changes the type of an optional text.
func as[To, From ~string](value *From) *To {
	if value == nil {
		return nil
	}
	return new(To(*value))
}

// or returns what an optional field holds, or what it means when it is absent.
func or[T any](value *T, absent T) T {
	if value == nil {
		return absent
	}
	return *value
}

// each converts a list. JSON has no place for a nil one.
func each[From, To any](list []From, convert func(From) To) []To {
	out := make([]To, len(list))
	for i, item := range list {
		out[i] = convert(item)
	}
	return out
}

// orNull is what JSON has for a value, or null for none.
func orNull[T comparable](value T) *T {
	var none T
	if value == none {
		return nil
	}
	return &value
}

package emotion

// AppendDetail and ReadDetail let the tests see what is kept.
var AppendDetail = appendDetail

// ReadDetail reads into a reading what AppendDetail wrote.
func ReadDetail(r *Reading, detail []byte) error { return r.readDetail(detail) }

// Desk returns ReadInto at a desk of its own: the pool of desks loses some when the race detector watches.
func (e *Embedded) Desk() func(r *Reading, text string, bias *Bias) {
	d := e.desks.New().(*desk)
	return func(r *Reading, text string, bias *Bias) { e.readAt(d, r, text, bias) }
}

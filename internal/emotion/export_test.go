package emotion

// AppendDetail and ReadDetail let the tests see what is kept.
var AppendDetail = appendDetail

// ReadDetail reads into a reading what AppendDetail wrote.
func ReadDetail(r *Reading, detail []byte) error { return r.readDetail(detail) }

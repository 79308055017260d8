package emotion

// AppendArgs lets the tests see what is written.
var AppendArgs = appendArgs

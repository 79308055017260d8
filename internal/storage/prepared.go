package storage

import (
	"strings"

	"gorm.io/gorm"
)

// Prepared returns db as one that has each of its statements parsed once for each connection. It is for the few statements
// that every request runs: their number must be small and must not depend on what people send.
func Prepared(db *gorm.DB) *gorm.DB { return db.Session(&gorm.Session{PrepareStmt: true}) }

// In returns a list for IN with its keys appended to args. The last key is repeated until there are as many as in one of a few
// lists, so that few statements have to be prepared whatever the number of keys. There must be a key.
func In[K any](args []any, keys []K) (list string, _ []any) {
	n := 1
	for n < len(keys) {
		n *= 4
	}
	for i := range n {
		args = append(args, keys[min(i, len(keys)-1)])
	}
	return "(?" + strings.Repeat(",?", n-1) + ")", args
}

package announcement

import "strings"

// Lacking is the query for what people lack, with verbs of fmt in place of its parameters.
var Lacking = strings.NewReplacer("IN ?", "IN (%s)", "?", "%v").Replace(selectLacking)

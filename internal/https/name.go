package https

import (
	"errors"
	"fmt"
	"strings"
)

// CheckHostName wants a host's name in the form in which certificates and clients carry it.
func CheckHostName(name string) error {
	if len(name) > 253 {
		return errors.New("is longer than a host's name may be")
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return fmt.Errorf("%q is not the name of a host: lower case letters, digits and hyphens between dots, others as xn--…", name)
		}
	}
	return nil
}

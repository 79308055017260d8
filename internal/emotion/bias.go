package emotion

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
)

// Value implements driver.Valuer: a bias is kept as a JSON list.
func (b Bias) Value() (driver.Value, error) {
	text, err := json.Marshal(b)
	return string(text), err
}

// Scan implements sql.Scanner.
func (b *Bias) Scan(kept any) error {
	var err error
	switch kept := kept.(type) {
	case string:
		err = json.Unmarshal([]byte(kept), b)
	case []byte:
		err = json.Unmarshal(kept, b)
	default:
		err = fmt.Errorf("%T holds no text", kept)
	}
	if err != nil {
		return fmt.Errorf("bias: %w", err)
	}
	return nil
}

package loadtest

import (
	"context"
	"database/sql"
	"regexp"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/emosation/emosation/internal/storage"
)

// text is what tells the row of one message from the next one's.
type text struct {
	room, seq, rev, sender int64
	clientID, body         string
	at                     time.Time
}

// sameReading is the reading of what filler makes people say, as the product stores it. It need not be computed to be stored.
const sameReading = `2166136261,'joy',9075,6538,8120,false,false,x'0100f3004700f52373072002f4020c0103020f11032b0416010703'`

// insertTexts writes messages and a reading of each, in the columns in which the product writes them, with one statement for
// each of the two tables. The names of the tables begin with prefix.
func insertTexts(ctx context.Context, tx *sql.Tx, prefix string, texts []text) error {
	var messages, readings strings.Builder
	messages.WriteString("INSERT INTO " + prefix + "messages (room_id, seq, rev, kind, sender_id, client_id, body, created_at) VALUES ")
	readings.WriteString("INSERT INTO " + prefix + "readings (room_id, seq, source_id, label, confidence, intensity, valence, unclear, love, detail, created_at) VALUES ")
	messageArgs, readingArgs := make([]any, 0, 7*len(texts)), make([]any, 0, 3*len(texts))
	for i, t := range texts {
		if i > 0 {
			messages.WriteByte(',')
			readings.WriteByte(',')
		}
		messages.WriteString("(?,?,?,'text',?,?,?,?)")
		messageArgs = append(messageArgs, t.room, t.seq, t.rev, t.sender, t.clientID, t.body, t.at)
		readings.WriteString("(?,?," + sameReading + ",?)")
		readingArgs = append(readingArgs, t.room, t.seq, t.at)
	}
	if _, err := tx.ExecContext(ctx, messages.String(), messageArgs...); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, readings.String(), readingArgs...)
	return err
}

// copyTable makes an empty table with the columns and indexes of another one, and without what it says of other tables.
func copyTable(ctx context.Context, db *gorm.DB, from, to string) error {
	db = db.WithContext(ctx)
	if storage.IsMySQL(db) {
		return db.Exec("CREATE TABLE " + to + " LIKE " + from).Error
	}
	var statements []string
	err := db.Raw("SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type DESC", from).Scan(&statements).Error
	if err != nil {
		return err
	}
	for _, statement := range statements {
		statement = references.ReplaceAllString(statement, "")
		if err := db.Exec(strings.ReplaceAll(statement, from, to)).Error; err != nil {
			return err
		}
	}
	return nil
}

// references are how SQLite's tables say that they belong to others.
var references = regexp.MustCompile(`(,\s*FOREIGN KEY \([^)]*\))? REFERENCES \w+ \([^)]*\)( ON DELETE CASCADE)?`)

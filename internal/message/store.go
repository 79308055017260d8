package message

import (
	"time"

	"github.com/emosation/emosation/internal/account"
	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/room"
	"gorm.io/gorm"
)

type messageRow struct {
	RoomID    room.ID `gorm:"primaryKey"`
	Seq       int64   `gorm:"primaryKey;autoIncrement:false"`
	Rev       int64
	Kind      Kind
	SenderID  account.ID
	ClientID  string
	Body      string
	ReplyTo   *int64
	CreatedAt time.Time
	EditedAt  *time.Time
	DeletedAt *time.Time
	Line      *room.Line `gorm:"serializer:json"`
}

func (messageRow) TableName() string { return "messages" }

type reactionRow struct {
	RoomID    room.ID    `gorm:"primaryKey"`
	Seq       int64      `gorm:"primaryKey;autoIncrement:false"`
	Emoji     string     `gorm:"primaryKey"`
	UserID    account.ID `gorm:"primaryKey"`
	CreatedAt time.Time
}

func (reactionRow) TableName() string { return "reactions" }

// storedRow is a message as the history queries select it: with its sender's choice about readings.
type storedRow struct {
	Row           messageRow `gorm:"embedded"`
	ShareReadings account.ShareReadings
}

// selectMessages starts a query over messages (m) and their senders; add conditions, an order and a limit. Every message has a
// sender, but a LEFT JOIN keeps the messages first: with few users about, MariaDB would otherwise begin with them and sort all
// that they ever wrote.
func selectMessages(db *gorm.DB) *gorm.DB {
	return db.Table("messages AS m").Select("m.*, u.share_readings").Joins("LEFT JOIN users u ON u.id = m.sender_id")
}

// load runs a query made by selectMessages for one room and completes its rows with reactions and readings: three
// statements whatever the number of rows.
func load(db *gorm.DB, id room.ID, query *gorm.DB) ([]Message, error) {
	var rows []storedRow
	if err := query.Scan(&rows).Error; err != nil {
		return nil, err
	}
	list := make([]Message, len(rows))
	for i, r := range rows {
		list[i] = r.message()
	}
	return list, complete(db, id, list)
}

// complete adds reactions and readings to messages of one room.
func complete(db *gorm.DB, id room.ID, list []Message) error {
	if len(list) == 0 {
		return nil
	}
	at := make(map[int64]*Message, len(list))
	seqs := make([]int64, len(list))
	for i := range list {
		seqs[i] = list[i].Seq
		at[list[i].Seq] = &list[i]
	}
	var reactions []reactionRow
	err := db.Where("room_id = ? AND seq IN ?", id, seqs).Order("seq, created_at, user_id").Find(&reactions).Error
	if err != nil {
		return err
	}
	for _, r := range reactions {
		at[r.Seq].addReaction(r.Emoji, r.UserID)
	}
	readings, err := emotion.LoadReadings(db, int64(id), seqs)
	if err != nil {
		return err
	}
	for seq, reading := range readings {
		at[seq].Reading = &reading
	}
	return nil
}

func (m *Message) addReaction(emoji string, who account.ID) {
	for i := range m.Reactions {
		if m.Reactions[i].Emoji == emoji {
			m.Reactions[i].Users = append(m.Reactions[i].Users, who)
			return
		}
	}
	m.Reactions = append(m.Reactions, Reaction{Emoji: emoji, Users: []account.ID{who}})
}

func (r storedRow) message() Message {
	m := r.Row
	return Message{
		Room: m.RoomID, Seq: m.Seq, Rev: m.Rev, Kind: m.Kind, Sender: m.SenderID, ClientID: m.ClientID, Body: m.Body, Line: m.Line,
		ReplyTo: m.ReplyTo, SentAt: m.CreatedAt, EditedAt: m.EditedAt, DeletedAt: m.DeletedAt, Share: r.ShareReadings,
	}
}

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

// storedRow is a message as the history queries select it: with the choices of its sender and its room about readings.
type storedRow struct {
	Row           messageRow `gorm:"embedded"`
	ShareReadings account.ShareReadings
	Readings      room.Readings
	RemoteAfter   int64
}

// selectMessages starts a query over messages (m), their senders and their rooms; add conditions, an order and a limit. Every message
// has a sender, but a LEFT JOIN keeps the messages first: with few users about, MariaDB would otherwise begin with them and sort all
// that they ever wrote.
func selectMessages(db *gorm.DB) *gorm.DB {
	return db.Table("messages AS m").Select("m.*, u.share_readings, home.readings, home.remote_after").
		Joins("LEFT JOIN users u ON u.id = m.sender_id").Joins("LEFT JOIN rooms home ON home.id = m.room_id")
}

// load runs a query made by selectMessages for one room and completes its rows with reactions and readings: three
// statements whatever the number of rows.
func load(db *gorm.DB, operator emotion.Mode, id room.ID, query *gorm.DB) ([]Message, error) {
	var rows []storedRow
	if err := query.Scan(&rows).Error; err != nil {
		return nil, err
	}
	list := make([]Message, len(rows))
	for i, r := range rows {
		list[i] = r.message(operator)
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
		at[seq].show(reading)
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

// show gives a message its reading, if anybody may see it.
func (m *Message) show(reading emotion.Reading) {
	if m.Reach != emotion.Nowhere {
		m.Reading = &reading
	}
}

// message returns the message with what all of operator, room and author allow.
func (r storedRow) message(operator emotion.Mode) Message {
	m := r.Row.message()
	if m.Kind == Text {
		m.Share = emotion.Shared(operator, r.Readings, r.ShareReadings)
		m.Reach = emotion.Allowed(operator, r.Readings, r.ShareReadings)
		if m.Seq <= r.RemoteAfter {
			m.Reach = min(m.Reach, emotion.Here)
		}
	}
	return m
}

// message returns the message as one of which nothing is read.
func (m messageRow) message() Message {
	return Message{
		Room: m.RoomID, Seq: m.Seq, Rev: m.Rev, Kind: m.Kind, Sender: m.SenderID, ClientID: m.ClientID, Body: m.Body, Line: m.Line,
		ReplyTo: m.ReplyTo, SentAt: m.CreatedAt, EditedAt: m.EditedAt, DeletedAt: m.DeletedAt, Share: account.ShareOff,
	}
}

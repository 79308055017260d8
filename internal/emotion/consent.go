package emotion

// Four have a say in what is read: the operator of the server, the room, the author of the message, and who looks at it. Each may
// only allow less. The choices of rooms and authors are texts of their own domains; one that is not known allows nothing.

// Mode is the operator's choice.
type Mode string

// The modes. A server without one reads nothing.
const (
	ModeOff      Mode = "off"
	ModeEmbedded Mode = "embedded" // on this server alone
	ModeOpenAI   Mode = "openai"   // by a remote service as well
)

// Valid tells whether it is one of the modes above.
func (m Mode) Valid() bool { return m == ModeOff || m == ModeEmbedded || m == ModeOpenAI }

// The choices of a room and of an author, as room.Readings and account.ShareReadings name them.
const (
	roomOn         = "on"
	roomLocal      = "local"
	authorEveryone = "everyone"
	authorSelf     = "self"
	authorOff      = "off"
)

// Reach is how far the text of a message may go to be read.
type Reach int

// The reaches, each with all that is before it.
const (
	Nowhere Reach = iota // no engine sees it, and what was read of it earlier is shown to nobody
	Here                 // an engine inside this server
	Remote               // a remote service as well
)

// Allowed returns what may be done with a message: the least of what operator, room and author allow.
func Allowed[Room, Author ~string](operator Mode, room Room, author Author) Reach {
	if author != authorEveryone && author != authorSelf {
		return Nowhere
	}
	return RoomReach(operator, room)
}

// RoomReach returns what is done in a room with the messages of those who allow everything.
func RoomReach[Room ~string](operator Mode, room Room) Reach {
	reach := Nowhere
	switch operator {
	case ModeEmbedded:
		reach = Here
	case ModeOpenAI:
		reach = Remote
	}
	switch room {
	case roomOn:
		return reach
	case roomLocal:
		return min(reach, Here)
	default:
		return Nowhere
	}
}

// Shared returns with whom an author shares the readings of their messages in a room: as they chose, or with nobody where no
// message of theirs may be read.
func Shared[Room, Author ~string](operator Mode, room Room, author Author) Author {
	if Allowed(operator, room, author) == Nowhere {
		return authorOff
	}
	return author
}

// Visible tells whether a reading is shown to a reader, by what Shared has returned.
func Visible[Author ~string](shared Author, own, wanted bool) bool {
	return wanted && (shared == authorEveryone || shared == authorSelf && own)
}

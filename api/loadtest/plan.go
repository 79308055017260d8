package loadtest

import (
	"errors"
	"fmt"
	"time"
)

type kind int

const (
	talking kind = iota
	idling
	reading
	signingUp
)

// Plan is one workload with all its numbers. Those that its kind does not use are 0.
type Plan struct {
	Workload string        `json:"workload"`
	Rooms    int           `json:"rooms,omitempty"`
	Members  int           `json:"members,omitempty"` // of each room
	Senders  int           `json:"senders,omitempty"` // of each room
	Unacked  int           `json:"unacked,omitempty"` // messages of a sender that may wait for their acknowledgement
	Rate     float64       `json:"rate,omitempty"`    // messages a second of all senders together; 0 is as fast as acknowledgements come
	Payload  int           `json:"payload,omitempty"` // bytes of a body
	Sockets  int           `json:"sockets,omitempty"`
	PerUser  int           `json:"perUser,omitempty"` // sockets of one user
	Clients  int           `json:"clients,omitempty"` // that ask at once
	History  int           `json:"history,omitempty"` // messages in the room
	Duration time.Duration `json:"-"`
	Warmup   time.Duration `json:"-"`

	nodes    []int // of ours: each number is measured by itself
	kind     kind
	patience time.Duration // how long nothing may come before what is still missing counts as lost
}

// presets are the workloads by name, in the order in which they are explained.
func presets() []Plan {
	return []Plan{
		{Workload: "W1", Rooms: 50, Members: 10, Senders: 1, Unacked: 1, Payload: 100},
		{Workload: "W1b", Rooms: 200, Members: 5, Senders: 1, Unacked: 1, Payload: 100},
		{Workload: "W1c", Rooms: 50, Members: 10, Senders: 1, Unacked: 8, Payload: 100},
		{Workload: "W2", Rooms: 1, Members: 1000, Senders: 1, Unacked: atRate, Rate: 20, Payload: 100},
		{Workload: "W3", Sockets: 10_000, PerUser: 25, kind: idling},
		{Workload: "W4", Rooms: 1, Members: 10, Senders: 1, Unacked: 1, Payload: 100, Clients: 10, History: 1000, kind: reading},
		{Workload: "W5", Clients: 16, kind: signingUp},
	}
}

// patience is longer than any server that works should be silent.
const patience = 10 * time.Second

// atRate is how many may be in flight when a rate says how fast to send.
const atRate = 256

func (p Plan) String() string {
	switch p.kind {
	case idling:
		return fmt.Sprintf("%s: %d idle sockets, %d a user", p.Workload, p.Sockets, p.PerUser)
	case reading:
		return fmt.Sprintf("%s: %d clients read the latest %d of %d messages", p.Workload, p.Clients, latestPage, p.History)
	case signingUp:
		return fmt.Sprintf("%s: %d people at a time register and log in", p.Workload, p.Clients)
	}
	pace := fmt.Sprintf("%d unacknowledged", p.Unacked)
	if p.Rate > 0 {
		pace = fmt.Sprintf("%g messages/s", p.Rate)
	}
	return fmt.Sprintf("%s: %d rooms of %d, %d sending in each, %s, %d bytes", p.Workload, p.Rooms, p.Members, p.Senders, pace, p.Payload)
}

// users is how many accounts the plan needs.
func (p Plan) users() int {
	if p.kind == idling {
		return (p.Sockets + p.PerUser - 1) / p.PerUser
	}
	return p.Rooms * p.Members
}

// key tells one plan from another of the same command.
func (p Plan) key() string {
	if p.kind == reading {
		return fmt.Sprintf("%s-%d", p.Workload, p.History)
	}
	return p.Workload
}

// sockets is how many connections the plan opens.
func (p Plan) sockets() int { return p.Sockets + p.Rooms*p.Members + p.Clients }

// suits tells whether a floor does what the plan asks for: it knows no users, idle sockets store nothing, and a long history
// would have to be sent to it anew in every run.
func (p Plan) suits(floor bareFloor) bool {
	return p.kind == talking || p.kind == reading && p.History <= mostOnFloors || p.kind == idling && !floor.stores()
}

const (
	mostOnFloors = 10_000 // messages
	// olderFrom is how long a history is of which a page from the middle is in no cache of the latest messages.
	olderFrom = 1000
)

// interval is the time between two messages of one sender, 0 without a rate.
func (p Plan) interval() time.Duration {
	if p.Rate == 0 {
		return 0
	}
	return time.Duration(float64(p.Rooms*p.Senders) / p.Rate * float64(time.Second))
}

// mostSockets is how many members all rooms may have together, and how many sockets may be idle.
const mostSockets = 100_000

// check returns all that is out of bounds.
func (p Plan) check() error {
	var mistakes []error
	within := func(name string, value, least, most float64) {
		if value < least || value > most {
			mistakes = append(mistakes, fmt.Errorf("%s: -%s must be from %g to %g", p.Workload, name, least, most))
		}
	}
	within("duration", p.Duration.Seconds(), 0.1, 600)
	within("warmup", p.Warmup.Seconds(), 0, 60)
	for _, n := range p.nodes {
		within("nodes", float64(n), 1, 16)
	}
	switch p.kind {
	case idling:
		within("sockets", float64(p.Sockets), 1, mostSockets)
		within("per-user", float64(p.PerUser), 1, 32)
	case signingUp:
		within("clients", float64(p.Clients), 1, 1000)
	case reading:
		within("clients", float64(p.Clients), 1, 1000)
		within("history", float64(p.History), latestPage, 1_000_000)
		fallthrough
	default:
		within("rooms", float64(p.Rooms), 1, 10_000)
		within("members", float64(p.Members), 1, 1000)
		within("rooms times -members", float64(p.Rooms*p.Members), 1, mostSockets)
		within("senders", float64(p.Senders), 1, float64(p.Members))
		within("unacked", float64(p.Unacked), 1, 1024)
		within("rate", p.Rate, 0, 100_000)
		within("payload", float64(p.Payload), stampSize+4, 4000)
	}
	return errors.Join(mistakes...)
}

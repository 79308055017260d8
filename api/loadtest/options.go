package loadtest

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Options are what the command line asks for.
type Options struct {
	Plans       []Plan
	URLs        []string // of servers that run already; none: start our own
	PIDs        []int    // of those servers, for measuring
	Floors      []string
	Runs        int
	JSON        bool
	Check       bool   // whether the bounds are kept to
	Profiles    string // a folder for profiles; empty: none are taken
	AllowRemote bool
}

// Parse reads a command line. Complaints and -help go to out.
func Parse(args []string, out io.Writer) (Options, error) {
	var o Options
	var given Plan // what replaces the numbers of the workloads
	flags := flag.NewFlagSet("loadtest", flag.ContinueOnError)
	flags.SetOutput(out)
	workloads := flags.String("workload", "W1", "`names`, separated by commas:\n"+explained())
	urls := flags.String("url", "", "`addresses` of servers that run already; without it the tool starts its own on the settings in the environment")
	pids := flags.String("pid", "", "process `ids` of those servers, if they are to be measured")
	floors := flags.String("floors", floorMemory+","+floorRows, "the floors to measure by, of "+strings.Join(floors(), ", ")+", or none")
	nodes := flags.String("nodes", "1", "how many servers of ours share the load; of `numbers` separated by commas each is measured by itself")
	flags.IntVar(&o.Runs, "runs", 1, "how often each is measured; medians are printed")
	flags.BoolVar(&o.Check, "check", false, "tell which bounds are kept to, and measure all they are about unless other flags say otherwise")
	flags.BoolVar(&o.JSON, "json", false, "print JSON")
	flags.StringVar(&o.Profiles, "profile", "", "a `folder` for profiles of the servers that the tool starts; taking them costs CPU time, too")
	flags.BoolVar(&o.AllowRemote, "allow-remote", false, "load what is not on this machine")
	flags.DurationVar(&given.Duration, "duration", 10*time.Second, "the time that counts")
	flags.DurationVar(&given.Warmup, "warmup", 2*time.Second, "time before it that does not")
	flags.IntVar(&given.Rooms, "rooms", 0, "of -members each")
	flags.IntVar(&given.Members, "members", 0, "of each room")
	flags.IntVar(&given.Senders, "senders", 0, "of each room")
	flags.IntVar(&given.Unacked, "unacked", 0, "messages of a sender that may wait for their acknowledgement")
	flags.Float64Var(&given.Rate, "rate", 0, "messages a second in all; 0 is as fast as acknowledgements come")
	flags.IntVar(&given.Payload, "payload", 0, "bytes of a message")
	flags.IntVar(&given.Sockets, "sockets", 0, "idle sockets")
	flags.IntVar(&given.PerUser, "per-user", 0, "idle sockets of one user")
	flags.IntVar(&given.Clients, "clients", 0, "that ask at once")
	history := flags.String("history", "", "messages in the room that is read; of `numbers` separated by commas each is measured by itself")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	var mistakes []error
	if o.Check {
		mistakes = append(mistakes, setMissing(flags, checked()))
	}
	if flags.NArg() > 0 {
		mistakes = append(mistakes, fmt.Errorf("%q is no flag", flags.Arg(0)))
	}
	var err error
	o.Plans, err = choose(*workloads)
	numbers, nodesErr := parseNumbers("nodes", *nodes)
	histories, historyErr := parseNumbers("history", *history)
	mistakes = append(mistakes, err, nodesErr, historyErr)
	o.Plans = eachHistory(o.Plans, histories)
	for i := range o.Plans {
		o.Plans[i].nodes = numbers
		if o.Check && *nodes == "1" && *urls == "" && o.Plans[i].Workload == checkedOnNodes {
			o.Plans[i].nodes = []int{1, 3}
		}
		flags.Visit(func(f *flag.Flag) { o.Plans[i].replace(f.Name, given) })
		o.Plans[i].Duration, o.Plans[i].Warmup = given.Duration, given.Warmup
		mistakes = append(mistakes, o.Plans[i].check())
	}
	if nodesErr == nil && (len(numbers) == 0 || *urls != "" && !slices.Equal(numbers, []int{1})) {
		mistakes = append(mistakes, errors.New("-nodes is for servers that the tool starts"))
	}
	mistakes = append(mistakes, o.setServers(*urls, *pids), o.setFloors(*floors))
	if o.Runs < 1 || o.Runs > 20 {
		mistakes = append(mistakes, errors.New("-runs must be from 1 to 20"))
	}
	return o, errors.Join(mistakes...)
}

// setMissing gives flags that were not given other values than those without a command line.
func setMissing(flags *flag.FlagSet, values map[string]string) error {
	given := make(map[string]bool)
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	var mistakes []error
	for name, value := range values {
		if !given[name] {
			mistakes = append(mistakes, flags.Set(name, value))
		}
	}
	return errors.Join(mistakes...)
}

func explained() string {
	var text strings.Builder
	for _, p := range presets() {
		fmt.Fprintln(&text, p)
	}
	return text.String()
}

func choose(names string) (plans []Plan, err error) {
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(presets(), func(p Plan) bool { return strings.EqualFold(p.Workload, name) })
		if i < 0 {
			return nil, fmt.Errorf("there is no workload %q", name)
		}
		plan := presets()[i]
		plan.patience = patience
		plans = append(plans, plan)
	}
	return plans, nil
}

// replace puts the number of one flag in the place of the workload's own, where it has one.
func (p *Plan) replace(name string, given Plan) {
	for _, n := range []struct {
		name string
		own  *int
		new  int
	}{
		{"rooms", &p.Rooms, given.Rooms}, {"members", &p.Members, given.Members}, {"senders", &p.Senders, given.Senders},
		{"unacked", &p.Unacked, given.Unacked}, {"payload", &p.Payload, given.Payload}, {"sockets", &p.Sockets, given.Sockets},
		{"per-user", &p.PerUser, given.PerUser}, {"clients", &p.Clients, given.Clients},
	} {
		if n.name == name && *n.own != 0 {
			*n.own = n.new
		}
	}
	if name == "rate" && p.kind == talking {
		if p.Rate = given.Rate; p.Rate > 0 && p.Unacked == 1 {
			p.Unacked = atRate
		}
	}
}

func (o *Options) setServers(urls, pids string) error {
	var mistakes []error
	if urls != "" {
		o.URLs = strings.Split(urls, ",")
	}
	for i, address := range o.URLs {
		o.URLs[i] = strings.TrimSuffix(address, "/")
		u, err := url.Parse(o.URLs[i])
		if err != nil || u.Host == "" || u.Path != "" || u.Scheme != "http" && u.Scheme != "https" {
			mistakes = append(mistakes, fmt.Errorf("%q is not of the form http://host:port", address))
		} else if !o.AllowRemote && !onThisMachine(u.Hostname()) {
			mistakes = append(mistakes, notHere(u.Host))
		}
	}
	if pids != "" {
		for pid := range strings.SplitSeq(pids, ",") {
			n, err := strconv.Atoi(pid)
			if err != nil || n < 1 || len(o.URLs) == 0 {
				mistakes = append(mistakes, errors.New("-pid wants process ids of the servers of -url"))
			}
			o.PIDs = append(o.PIDs, n)
		}
	}
	return errors.Join(mistakes...)
}

// parseNumbers reads numbers that are separated by commas.
func parseNumbers(name, list string) (numbers []int, err error) {
	if list == "" {
		return nil, nil
	}
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			return nil, fmt.Errorf("-%s wants numbers, separated by commas", name)
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}

// eachHistory returns a plan of every length of the history in the place of each plan that has one.
func eachHistory(plans []Plan, histories []int) (list []Plan) {
	for _, p := range plans {
		if p.History == 0 || len(histories) == 0 {
			list = append(list, p)
			continue
		}
		for _, p.History = range histories {
			list = append(list, p)
		}
	}
	return list
}

// severalNodes tells whether more than one server of ours is to run at a time.
func (o *Options) severalNodes() bool {
	return slices.ContainsFunc(o.Plans, func(p Plan) bool { return slices.Max(append([]int{1}, p.nodes...)) > 1 })
}

func (o *Options) setFloors(names string) error {
	if names == "none" || names == "" {
		return nil
	}
	o.Floors = strings.Split(names, ",")
	for _, name := range o.Floors {
		if !slices.Contains(floors(), name) {
			return fmt.Errorf("there is no floor %q", name)
		}
	}
	return nil
}

// onThisMachine is true for loopback addresses only: a name could lead anywhere.
func onThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func notHere(what string) error {
	return fmt.Errorf("%s is not on this machine; give -allow-remote if it is yours to load", what)
}

// checkServer refuses a database or a Redis of another machine. No error contains the URL, which may hold a password.
func checkServer(name, address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return fmt.Errorf("%s is not a URL", name)
	case u.Scheme == "sqlite", u.Scheme == "unix", u.Scheme == "", u.Query().Get("socket") != "", onThisMachine(u.Hostname()):
		return nil
	}
	return notHere("the server of " + name)
}

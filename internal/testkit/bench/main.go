// Command bench runs the benchmarks that matter and prints each beside what it is to be measured by.
//
//	go run ./internal/testkit/bench [-full]
//
// It takes about three minutes; with -full the search has a million messages and all lists are as long as they get.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"unicode/utf8"
)

func main() {
	full := flag.Bool("full", false, "no shortened benchmarks")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *full, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// results are numbers by benchmark, without the number of cores at its end, and unit.
type results map[string]map[string]float64

func (r results) set(name, unit string, value float64) {
	if r[name] == nil {
		r[name] = make(map[string]float64)
	}
	r[name][unit] = value
}

// suite is one run of go test.
type suite struct {
	pack, pattern, time string
}

func suites(full bool) []suite {
	rooms, search := "/^mariadb$/^rooms=(1000|100000)$", "/^mariadb$/^(common_korean|middling_english|rare_mixed|absent_korean)$"
	if full {
		rooms, search = "", ""
	}
	return []suite{
		{"./internal/emotion", "BenchmarkRead$", "0.3s"},
		{"./api/wire", "BenchmarkEnvelopes$", "0.3s"},
		{"./internal/realtime", "BenchmarkDeliver$", "0.3s"},
		{"./internal/message", "Benchmark(Send|BareInsert)$/^mariadb$", "20000x"},
		{"./internal/room", "BenchmarkOpenRooms$" + rooms, "50x"},
		{"./internal/search", "BenchmarkSearch$" + search, "50x"},
		{"./internal/lifecycle", "BenchmarkPurge$", "1x"},
		{"./internal/account/directory", "BenchmarkDirectory$/^mariadb$/^(everybody|name|letter|email)$", "3x"},
		{"./internal/room", "BenchmarkAllRooms$/^mariadb$/^(all|open-phase)$", "50x"},
		{"./deploy/binary", "BenchmarkStart$", "5x"},
	}
}

func run(ctx context.Context, full bool, out io.Writer) error {
	found := make(results)
	for _, s := range suites(full) {
		args := []string{"test", "-run", "^$", "-bench", s.pattern, "-benchtime", s.time, "-timeout", "30m"}
		if !full {
			args = append(args, "-short")
		}
		text, err := command(ctx, os.Stderr, append(args, s.pack)...)
		if err != nil {
			return err
		}
		if err := found.read(text); err != nil {
			return err
		}
	}
	report, err := command(ctx, io.Discard, "run", "./internal/testkit/with", "go", "run", "./api", "loadtest",
		"-json", "-workload", "W4", "-history", "10000", "-floors", "none", "-duration", "5s")
	if err != nil {
		return err
	}
	if err := found.readLoad(report); err != nil {
		return err
	}
	fmt.Fprintln(out)
	found.print(out)
	return nil
}

// command runs go and returns what it prints, which is shown on show meanwhile.
func command(ctx context.Context, show io.Writer, args ...string) (string, error) {
	fmt.Fprintln(os.Stderr, "go", strings.Join(args, " "))
	var text strings.Builder
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Stdout, cmd.Stderr = io.MultiWriter(&text, show), os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
	}
	return text.String(), nil
}

// read takes in lines like "BenchmarkSend/mariadb-2  20000  85000 ns/op  11700 messages/s".
func (r results) read(text string) error {
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := fields[0]
		if i := strings.LastIndexByte(name, '-'); i > 0 {
			name = name[:i]
		}
		for i := 2; i+1 < len(fields); i += 2 {
			value, err := strconv.ParseFloat(fields[i], 64)
			if err != nil {
				return fmt.Errorf("%q: %w", lines.Text(), err)
			}
			r.set(name, fields[i+1], value)
		}
	}
	return lines.Err()
}

// readLoad takes in the medians of a load test.
func (r results) readLoad(text string) error {
	var report struct {
		Workloads []struct {
			Plan       struct{ Workload string }
			Contenders []struct {
				Name    string
				Medians map[string]float64
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &report); err != nil {
		return err
	}
	for _, w := range report.Workloads {
		for _, c := range w.Contenders {
			for unit, value := range c.Medians {
				r.set(w.Plan.Workload+"/"+c.Name, unit, value)
			}
		}
	}
	return nil
}

// line is one number beside another one. Where there is no other one, what it should be is said in words.
type line struct {
	what, name, beside string
	unit               string
	by                 string // what beside is
}

func lines() []line {
	return []line{
		{"store a message, 64 senders, MariaDB", "BenchmarkSend/mariadb", "BenchmarkBareInsert/mariadb", "messages/s", "its row alone, 64 to an INSERT"},
		{"read the latest 100 of 10⁴, 10 clients", "W4/emosation", "W4/emosation+sql", "requests/s", "without the cache, MariaDB"},
		{"… how long one takes", "W4/emosation", "W4/emosation+sql", "answer p50 ms", "without the cache, MariaDB"},
		{"search in all rooms, Korean, common", "BenchmarkSearch/mariadb/common_korean/rooms=N", "", "p50-ms", ""},
		{"search in all rooms, English", "BenchmarkSearch/mariadb/middling_english/rooms=N", "", "p50-ms", ""},
		{"search in all rooms, mixed, rare", "BenchmarkSearch/mariadb/rare_mixed/rooms=N", "", "p50-ms", ""},
		{"search in all rooms, found nowhere", "BenchmarkSearch/mariadb/absent_korean/rooms=N", "", "p50-ms", ""},
		{"list open rooms, one page of 100 000", "BenchmarkOpenRooms/mariadb/rooms=100000", "BenchmarkOpenRooms/mariadb/rooms=1000", "p50-µs", "of 1000"},
		{"hub: a message to 1000 members", "BenchmarkDeliver/1000", "BenchmarkDeliver/10", "ns/op", "to 10"},
		{"write the envelopes of a message", "BenchmarkEnvelopes/appended", "BenchmarkEnvelopes/marshalled", "ns/op", "encoding/json"},
		{"purge people: the longest lock wait", "BenchmarkPurge/mariadb/purge", "", "lock-max-ms", ""},
		{"… the longest step of a neighbour", "BenchmarkPurge/mariadb/purge", "BenchmarkPurge/mariadb/idle", "wait-max-ms", "without a purge"},
		{"… how quick it goes", "BenchmarkPurge/mariadb/purge", "", "people/s", ""},
		{"accounts: a page of everybody, the slowest", "BenchmarkDirectory/mariadb/everybody", "", "worst-p50-ms", ""},
		{"… by an e-mail that few have", "BenchmarkDirectory/mariadb/email", "", "worst-p50-ms", ""},
		{"… by a name that many have", "BenchmarkDirectory/mariadb/name", "", "worst-p50-ms", ""},
		{"… by one letter", "BenchmarkDirectory/mariadb/letter", "", "worst-p50-ms", ""},
		{"all rooms of 100 000, few of which fit", "BenchmarkAllRooms/mariadb/open-phase", "BenchmarkAllRooms/mariadb/all", "p50-µs", "all of which fit"},
		{"read how a Korean message is meant", "BenchmarkRead/korean", "", "ns/op", ""},
		{"read how an English message is meant", "BenchmarkRead/english", "", "ns/op", ""},
		{"start, embedded, until it is ready", "BenchmarkStart", "", "ready-ms", "at most 300"},
		{"… what memory it holds then", "BenchmarkStart", "", "memory-MiB", "at most 60"},
		{"… how large the program is", "BenchmarkStart", "", "binary-MiB", "at most 40"},
	}
}

// find looks a number up; rooms=N is the greatest number of rooms that was measured.
func (r results) find(name, unit string) (value float64, found bool) {
	before, _, any := strings.Cut(name, "rooms=N")
	if !any {
		value, found = r[name][unit]
		return value, found
	}
	most := 0
	for candidate, units := range r {
		if count, fits := strings.CutPrefix(candidate, before+"rooms="); fits {
			n, err := strconv.Atoi(count)
			if v, there := units[unit]; err == nil && there && n > most {
				most, value, found = n, v, true
			}
		}
	}
	return value, found
}

func (r results) print(out io.Writer) {
	const wide = 40
	for _, l := range lines() {
		fmt.Fprint(out, l.what, strings.Repeat(" ", max(1, wide-utf8.RuneCountInString(l.what))))
		value, found := r.find(l.name, l.unit)
		if !found {
			fmt.Fprintln(out, "not measured")
			continue
		}
		fmt.Fprintf(out, "%10s %-13s", rounded(value), l.unit)
		if other, found := r.find(l.beside, l.unit); found && other != 0 {
			fmt.Fprintf(out, " × %-6s %10s %s", rounded(value/other), rounded(other), l.by)
		} else if l.beside == "" && l.by != "" {
			fmt.Fprintf(out, " (%s)", l.by)
		}
		fmt.Fprintln(out)
	}
}

// rounded has three digits that say something.
func rounded(value float64) string {
	text := strconv.FormatFloat(value, 'g', 3, 64)
	if v, err := strconv.ParseFloat(text, 64); err == nil && v >= 1000 {
		return strconv.FormatFloat(value, 'f', 0, 64)
	}
	return text
}

package main

import (
	"bufio"
	"context"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/coder/websocket"

	"github.com/emosation/emosation/internal/doctor"
)

// examine looks at a running deployment from outside. It reads none of the settings: it may run anywhere.
func examine(ctx context.Context, p program, args []string) error {
	options := doctor.Options{Open: openSocket, Now: p.now, Email: variable(p.environ, "DOCTOR_EMAIL"), Password: variable(p.environ, "DOCTOR_PASSWORD")}
	flags := flag.NewFlagSet("doctor", flag.ContinueOnError)
	flags.SetOutput(p.err)
	flags.Usage = func() {
		fmt.Fprintln(p.err, "Usage: api doctor [flags] https://chat.example.org\n\nWith DOCTOR_EMAIL and DOCTOR_PASSWORD of an account in the environment it looks at more.")
		flags.PrintDefaults()
	}
	flags.BoolVar(&options.Insecure, "insecure", false, "only warn of a certificate that cannot be trusted")
	flags.BoolVar(&options.Patient, "patient", false, "look whether an idle socket stays open for a minute (needs an account)")
	flags.StringVar(&options.HTTPPort, "http-port", "", "where plain HTTP leads to https (80 beside 443)")
	flags.StringVar(&options.OpsPort, "ops-port", "", "the operators' port, which should be closed to the public (9090, unless on this machine)")
	authority := flags.String("ca", "", "a PEM `file` of certificates to trust")
	asJSON := flags.Bool("json", false, "print JSON")
	login := flags.Bool("login", false, "read the e-mail and the password of an account from standard input, a line each")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return usageError{err}
	case flags.NArg() != 1:
		flags.Usage()
		return usageError{errors.New("doctor wants one URL")}
	}
	options.URL = flags.Arg(0)
	if *login {
		lines := bufio.NewScanner(p.in)
		for _, line := range []*string{&options.Email, &options.Password} {
			if !lines.Scan() {
				return usageError{errors.New("-login wants two lines on standard input: the e-mail and the password")}
			}
			*line = lines.Text()
		}
	}
	for name, port := range map[string]string{"-http-port": options.HTTPPort, "-ops-port": options.OpsPort} {
		if n, err := strconv.ParseUint(port, 10, 16); port != "" && (err != nil || n == 0) {
			return usageError{fmt.Errorf("%s: %q is not a port", name, port)}
		}
	}
	if *authority != "" {
		text, err := os.ReadFile(*authority)
		if err != nil {
			return usageError{err}
		}
		options.Roots = x509.NewCertPool()
		if !options.Roots.AppendCertsFromPEM(text) {
			return usageError{fmt.Errorf("%s has no certificate", *authority)}
		}
	}
	return diagnose(ctx, p, options, *asJSON)
}

// diagnose prints what the doctor finds; that something is wrong is the error.
func diagnose(ctx context.Context, p program, options doctor.Options, asJSON bool) error {
	report, err := doctor.Examine(ctx, options)
	if errors.Is(err, doctor.ErrURL) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	write := report.WriteText
	if asJSON {
		write = report.WriteJSON
	}
	if err := write(p.out); err != nil {
		return err
	}
	if wrong := report.Count(doctor.Fail); wrong > 0 {
		return fmt.Errorf("%d of %d checks failed", wrong, len(report.Results))
	}
	return nil
}

// variable is the last value of an environment variable.
func variable(environ []string, name string) (value string) {
	for _, entry := range environ {
		if v, ok := strings.CutPrefix(entry, name+"="); ok {
			value = v
		}
	}
	return value
}

// openSocket opens a socket for the doctor.
func openSocket(ctx context.Context, client *http.Client, url string, protocols []string, header http.Header) (doctor.Socket, error) {
	// The client's time is that of the handshake; the socket may stay open for longer.
	conn, _, err := websocket.Dial(ctx, url, &websocket.DialOptions{HTTPClient: client, Subprotocols: protocols, HTTPHeader: header}) //nolint:bodyclose // the library closes it
	if err != nil {
		return nil, err
	}
	s := &silentSocket{Conn: conn, ended: make(chan struct{})}
	s.reading.Go(func() {
		defer close(s.ended)
		for s.err == nil {
			_, _, s.err = conn.Read(context.WithoutCancel(ctx))
		}
	})
	return s, nil
}

// silentSocket drops what it receives.
type silentSocket struct {
	*websocket.Conn
	reading sync.WaitGroup
	ended   chan struct{}
	err     error // why it closed, once it has
}

// Wait implements doctor.Socket.
func (s *silentSocket) Wait(ctx context.Context) error {
	select {
	case <-s.ended:
		return s.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close implements doctor.Socket.
func (s *silentSocket) Close() {
	s.CloseNow()
	s.reading.Wait()
}

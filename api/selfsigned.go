package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/emosation/emosation/internal/config"
	"github.com/emosation/emosation/internal/selfsigned"
)

const selfSignedUsage = `Usage: api self-signed [-dir FOLDER] NAME|IP...

Makes a certificate for the names and addresses by which people in a network of your own reach the server, and the
CA that has signed it. Devices trust the server once the CA is added to them. Without -dir the files go to
EMOSATION_DATA_DIR.
`

// selfSigned works before the other settings are right: those of TLS cannot be until it has.
func selfSigned(_ context.Context, p program, args []string) error {
	flags := flag.NewFlagSet("self-signed", flag.ContinueOnError)
	flags.SetOutput(p.err)
	flags.Usage = func() { fmt.Fprint(p.err, selfSignedUsage) }
	cfg, _ := config.Load(p.environ) // whatever is wrong, the folder has a value
	dir := flags.String("dir", cfg.DataDir, "")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return usageError{err}
	}
	hosts := flags.Args()
	made, err := selfsigned.New(hosts, time.Now())
	if err != nil {
		return usageError{err}
	}
	folder, err := filepath.Abs(*dir)
	if err != nil {
		return err
	}
	if err := made.Write(folder); err != nil {
		return err
	}
	host := hosts[0]
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	listen := ""
	if at, port, err := net.SplitHostPort(cfg.HTTPAddr); err == nil {
		if port != "443" && port != "0" {
			host += ":" + port
		}
		if here(at) && slices.ContainsFunc(hosts, func(host string) bool { return !here(host) }) {
			listen = "EMOSATION_HTTP_ADDR=:" + port + "\n" // or nobody but this machine reaches it
		}
	}
	fmt.Fprintf(p.out, `%sEMOSATION_TLS_CERT=%s
EMOSATION_TLS_KEY=%s
EMOSATION_PUBLIC_URL=https://%s

Good until %s for %s.
Add %s to the devices that shall trust the server.
SHA-256 of that CA:   %s
SHA-256 of the server: %s
`, listen, filepath.Join(folder, selfsigned.CertFile), filepath.Join(folder, selfsigned.KeyFile), host,
		made.Server.NotAfter.Format(time.DateOnly), strings.Join(hosts, ", "), filepath.Join(folder, selfsigned.CAFile),
		selfsigned.Fingerprint(made.CA), selfsigned.Fingerprint(made.Server))
	return nil
}

// here tells whether a host is this machine and nothing else.
func here(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

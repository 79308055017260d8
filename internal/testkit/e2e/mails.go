package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/emosation/emosation/internal/testkit/mailbox"
)

// startMails starts what the program sends its mails to, and a page that tells of them.
func startMails(ctx context.Context) (box *mailbox.Server, page string, stop func() error, err error) {
	box, err = mailbox.Start(mailbox.Options{})
	if err != nil {
		return nil, "", nil, err
	}
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", nil, errors.Join(err, box.Stop())
	}
	site := &http.Server{Handler: box, ReadHeaderTimeout: 5 * time.Second}
	var serving sync.WaitGroup
	serving.Go(func() { _ = site.Serve(listener) }) // ends with Close, and only then
	return box, "http://" + listener.Addr().String(), func() error {
		err := errors.Join(site.Close(), box.Stop())
		serving.Wait()
		return err
	}, nil
}

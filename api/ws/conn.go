package ws

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"net"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

const (
	// readBuffer fits a few commands. A longer one is read directly to where it is wanted.
	readBuffer = 1 << 10
	// writeBuffer fits the head of every frame, and little more: see conn.
	writeBuffer = 16
	// Writing ends with an error when a client takes nothing for between lateAfter and writeWithin.
	writeWithin = 5 * time.Second
	lateAfter   = 4 * time.Second
)

// conn is the network connection under a socket. The socket library writes a frame through a buffer, which has to be as large
// as a frame, or frames take several system calls and packets. An idle connection should not pay for that buffer, so
// it gets a tiny one, and the connection itself holds back the beginning of a frame until the rest comes: then both
// go out in one call, uncopied.
//
// It also bounds how long a write may take. The library would do that with a context, a timer and a callback a frame; the
// deadline of a connection costs next to nothing when it is moved once a second.
type conn struct {
	net.Conn
	now      func() time.Time
	deadline time.Time
	early    []byte // what came with the request

	held    [writeBuffer]byte
	holding int
	pieces  [2][]byte
	joined  net.Buffers
}

// Read returns what came with the request, and then what comes.
func (c *conn) Read(p []byte) (int, error) {
	if len(c.early) == 0 {
		return c.Conn.Read(p)
	}
	n := copy(p, c.early)
	if c.early = c.early[n:]; len(c.early) == 0 {
		c.early = nil
	}
	return n, nil
}

// Write sends what is written in pieces as soon as a frame is whole. Calls must not overlap, which the library sees to.
func (c *conn) Write(p []byte) (int, error) {
	if c.holding == 0 && len(p) <= len(c.held) && len(p) < frameSize(p) {
		c.holding = copy(c.held[:], p)
		return len(p), nil
	}
	if now := c.now(); c.deadline.Sub(now) < lateAfter {
		c.deadline = now.Add(writeWithin)
		if err := c.SetWriteDeadline(c.deadline); err != nil {
			return 0, err
		}
	}
	if c.holding == 0 {
		return c.Conn.Write(p)
	}
	c.pieces = [2][]byte{c.held[:c.holding], p}
	c.joined = c.pieces[:]
	n, err := c.joined.WriteTo(c.Conn)
	c.pieces = [2][]byte{}
	n = max(0, n-int64(c.holding)) // the library was told before that those were written
	c.holding = 0
	return int(n), err
}

// frameSize reads how long a frame is from its beginning. Our frames are not masked.
func frameSize(head []byte) int {
	if len(head) < 2 {
		return len(head)
	}
	switch length := head[1]; {
	case length < 126:
		return 2 + int(length)
	case length == 126 && len(head) >= 4:
		return 4 + int(binary.BigEndian.Uint16(head[2:]))
	case length == 127 && len(head) >= 10:
		return 10 + int(binary.BigEndian.Uint64(head[2:])) //nolint:gosec // a frame of ours is in memory
	default:
		return len(head)
	}
}

// upgrade hands out the connection of a request as a conn with small buffers.
type upgrade struct {
	*echo.Response
	now  func() time.Time
	line *conn // once it is ours
}

// Hijack implements http.Hijacker.
func (u *upgrade) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	inner, brw, err := http.NewResponseController(u.Response.Writer).Hijack()
	if err != nil {
		return nil, nil, err
	}
	c := &conn{Conn: inner, now: u.now}
	u.line = c
	if n := brw.Reader.Buffered(); n > 0 {
		there, _ := brw.Reader.Peek(n) // cannot fail: they are there
		c.early = bytes.Clone(there)   // the large buffer they are in goes
	}
	return c, bufio.NewReadWriter(bufio.NewReaderSize(c, readBuffer), bufio.NewWriterSize(c, writeBuffer)), nil
}

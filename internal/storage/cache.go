package storage

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"
)

const (
	// cachePatience bounds each wait for Redis: what it keeps can be had elsewhere, so it must not be slower than that.
	cachePatience = 250 * time.Millisecond
	// cacheRest is how long nothing is asked of a Redis that did not answer.
	cacheRest = time.Second
	// cacheNear is how long a value may be kept in this process, where the server tells us when it changes.
	cacheNear = time.Minute
	// nearBytes bounds that for each of the client's few connections. What is used is remembered by who uses it besides.
	nearBytes = 16 << 20
)

// Cache keeps text in Redis that can be had elsewhere. When Redis does not answer, it is as if nothing were kept: the caller has
// to know by the text itself whether it is right. All methods may be called from many goroutines.
type Cache struct {
	redis  rueidis.Client
	prefix string
	ttl    time.Duration
	now    func() time.Time
	rests  atomic.Int64 // until then, in nanoseconds of Unix time
}

// NewCache keeps values for at most ttl, by keys that begin with prefix.
func NewCache(redis rueidis.Client, prefix string, ttl time.Duration, now func() time.Time) *Cache {
	return &Cache{redis: redis, prefix: prefix, ttl: ttl, now: now}
}

// Get returns what is kept. A server that supports it tells us when a value changes, so that the same value is not sent twice.
func (c *Cache) Get(ctx context.Context, key string) (text string, ok bool) {
	if !c.awake() {
		return "", false
	}
	ctx, cancel := context.WithTimeout(ctx, cachePatience)
	defer cancel()
	text, err := c.redis.DoCache(ctx, c.redis.B().Get().Key(c.prefix+key).Cache(), min(c.ttl, cacheNear)).ToString()
	c.note(err)
	return text, err == nil
}

// Put keeps a text in the place of the one before, if Redis answers.
func (c *Cache) Put(ctx context.Context, key, text string) {
	if !c.awake() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, cachePatience)
	defer cancel()
	c.note(c.redis.Do(ctx, c.redis.B().Set().Key(c.prefix+key).Value(text).PxMilliseconds(c.ttl.Milliseconds()).Build()).Error())
}

// Drop forgets a text. One that Redis does not let go of now is gone when its time is over.
func (c *Cache) Drop(ctx context.Context, key string) {
	if !c.awake() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, cachePatience)
	defer cancel()
	c.note(c.redis.Do(ctx, c.redis.B().Unlink().Key(c.prefix+key).Build()).Error())
}

func (c *Cache) awake() bool { return c.now().UnixNano() >= c.rests.Load() }

func (c *Cache) note(err error) {
	if err != nil && !rueidis.IsRedisNil(err) {
		c.rests.Store(c.now().Add(cacheRest).UnixNano())
	}
}

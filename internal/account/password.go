package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/crypto/argon2"
	"golang.org/x/sync/semaphore"
	"golang.org/x/text/unicode/norm"

	"github.com/emosation/emosation/internal/fault"
)

// ErrBusy means that too many passwords wait for being hashed.
var ErrBusy = fault.New(fault.Unavailable, "account.busy", "Too many people sign in at this moment.").WithRetryAfter(2 * time.Second)

// HashCost says how dear one argon2id computation is.
type HashCost struct {
	Memory  uint32 // KiB
	Time    uint32 // passes
	Threads uint8
}

// DefaultHashCost is what OWASP asks for at least; about 30 ms on one core.
var DefaultHashCost = HashCost{Memory: 19456, Time: 2, Threads: 1}

const (
	saltSize   = 16 // bytes
	digestSize = 32 // bytes
	// hashWait is how long a password may wait for a free core: longer than a short rush needs, shorter than a
	// person's patience and the lock that holds an e-mail.
	hashWait = 3 * time.Second
)

// Hasher turns passwords into hashes that are stored as PHC strings. It computes at most one per core at once, since
// each costs a core and 19 MiB.
type Hasher struct {
	cost   HashCost
	cores  *semaphore.Weighted
	hashes prometheus.Counter
}

// NewHasher counts every computation, for storing and for comparing, in emosation_password_hashes_total on metrics.
func NewHasher(cost HashCost, metrics prometheus.Registerer) (*Hasher, error) {
	hashes := prometheus.NewCounter(prometheus.CounterOpts{
		Name: "emosation_password_hashes_total",
		Help: "Argon2id computations, for new passwords and for comparisons.",
	})
	if err := metrics.Register(hashes); err != nil {
		return nil, fmt.Errorf("password hasher: %w", err)
	}
	return &Hasher{cost: cost, cores: semaphore.NewWeighted(int64(runtime.GOMAXPROCS(0))), hashes: hashes}, nil
}

// WithCost returns a hasher of new hashes at another cost that shares the cores and the count with this one.
func (h *Hasher) WithCost(cost HashCost) *Hasher {
	return &Hasher{cost: cost, cores: h.cores, hashes: h.hashes}
}

// Hash returns a password's hash for storing, or ErrBusy.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltSize)
	rand.Read(salt)
	digest, err := h.compute(ctx, password, salt, h.cost)
	if err != nil {
		return "", err
	}
	return phc(h.cost, salt, digest), nil
}

// Matches tells whether a hash was made from a password, or returns ErrBusy.
func (h *Hasher) Matches(ctx context.Context, password, hash string) (bool, error) {
	cost, salt, want, err := parsePHC(hash)
	if err != nil {
		return false, err
	}
	got, err := h.compute(ctx, password, salt, cost)
	return err == nil && subtle.ConstantTimeCompare(got, want) == 1, err
}

// Decoy returns a hash that no password matches. Comparing with it takes as long as with a real one, so that a login
// does not betray whether the e-mail is known.
func (h *Hasher) Decoy() string {
	random := make([]byte, saltSize+digestSize)
	rand.Read(random)
	return phc(h.cost, random[:saltSize], random[saltSize:])
}

// RandomPassword is easy to type and hard to guess: groups of four characters of 5 bits each, at most six.
func RandomPassword(groups int) string {
	text := strings.ToLower(rand.Text())
	parts := make([]string, groups)
	for i := range parts {
		parts[i] = text[4*i : 4*i+4]
	}
	return strings.Join(parts, "-")
}

func (h *Hasher) compute(ctx context.Context, password string, salt []byte, cost HashCost) ([]byte, error) {
	wait, cancel := context.WithTimeout(ctx, hashWait)
	defer cancel()
	if err := h.cores.Acquire(wait, 1); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, ErrBusy
	}
	defer h.cores.Release(1)
	h.hashes.Inc()
	// NFC, because keyboards differ in whether they compose Hangul and accents.
	return argon2.IDKey(norm.NFC.Bytes([]byte(password)), salt, cost.Time, cost.Memory, cost.Threads, digestSize), nil
}

// phc writes the string format of the Password Hashing Competition.
func phc(cost HashCost, salt, digest []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, cost.Memory, cost.Time, cost.Threads, b64.EncodeToString(salt), b64.EncodeToString(digest))
}

func parsePHC(hash string) (cost HashCost, salt, digest []byte, err error) {
	unreadable := errors.New("unreadable password hash") // says nothing about the hash itself: it may be logged
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return HashCost{}, nil, nil, unreadable
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &cost.Memory, &cost.Time, &cost.Threads); err != nil {
		return HashCost{}, nil, nil, unreadable
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	digest, digestErr := base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || digestErr != nil || len(digest) != digestSize || cost.Time == 0 || cost.Threads == 0 {
		return HashCost{}, nil, nil, unreadable
	}
	return cost, salt, digest, nil
}

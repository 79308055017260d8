package https

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

// issued is a certificate and its key in PEM.
type issued struct{ cert, key []byte }

func issue(t *testing.T, host string, expires time.Time) issued {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(expires.Unix()), DNSNames: []string{host}, NotBefore: expires.Add(-24 * time.Hour), NotAfter: expires}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return issued{pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})}
}

// folder is where the pair lies that a source looks at.
type folder string

func (f folder) cert() string { return filepath.Join(string(f), "cert.pem") }
func (f folder) key() string  { return filepath.Join(string(f), "key.pem") }

func (f folder) put(t *testing.T, cert, key []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(f.cert(), cert, 0o600))
	require.NoError(t, os.WriteFile(f.key(), key, 0o600))
}

// watched is a source that looks at its files for as long as the test is in its bubble.
type watched struct {
	*files
	folder
	metrics *prometheus.Registry
	logged  *observer.ObservedLogs
}

func watch(t *testing.T, first issued) watched {
	t.Helper()
	w := watched{folder: folder(t.TempDir()), metrics: prometheus.NewRegistry()}
	m, err := newMeter(w.metrics)
	require.NoError(t, err)
	core, logged := observer.New(zap.InfoLevel)
	w.logged = logged
	w.put(t, first.cert, first.key)
	w.files, err = openFiles(w.cert(), w.folder.key(), "chat.example.org", m, time.Now, zap.New(core))
	require.NoError(t, err)
	go w.run(t.Context()) //nolint:errcheck // it returns nil
	return w
}

// later lets the source look a few times.
func (w watched) later(t *testing.T) {
	t.Helper()
	<-time.After(4 * lookEvery)
	synctest.Wait()
}

// shows requires that this is the certificate, that the metrics say so, and how many were refused so far.
func (w watched) shows(t *testing.T, expires time.Time, refused int) {
	t.Helper()
	w.later(t)
	cert, err := w.certificate(nil)
	require.NoError(t, err)
	require.Equal(t, expires.Unix(), cert.Leaf.NotAfter.Unix())
	require.Equal(t, float64(expires.Unix()), testutil.ToFloat64(w.meter.expiry)) //nolint:testifylint // whole numbers
	require.Equal(t, refused, int(testutil.ToFloat64(w.meter.failures)))
	require.Equal(t, refused, w.logged.FilterLevelExact(zapcore.ErrorLevel).Len(), "each is told of once")
}

func TestNewFilesAreTakenAndBrokenOnesAreNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const host = "chat.example.org"
		soon, later := time.Now().Add(time.Hour), time.Now().Add(12*time.Hour)
		first, second := issue(t, host, soon), issue(t, host, later)
		w := watch(t, first)
		w.shows(t, soon, 0)

		w.put(t, second.cert, first.key)
		w.shows(t, soon, 1)
		w.later(t)
		w.put(t, second.cert, []byte("half a k"))
		w.shows(t, soon, 2)
		require.NoError(t, os.Remove(w.cert()))
		w.shows(t, soon, 3)
		old := issue(t, host, time.Now().Add(-time.Hour))
		w.put(t, old.cert, old.key)
		w.shows(t, soon, 4)

		w.put(t, second.cert, second.key)
		w.shows(t, later, 4)
		w.put(t, first.cert, first.key)
		w.shows(t, soon, 4)
	})
}

func TestFilesThatAreHalfReplacedAreNotTakenForBroken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const host = "chat.example.org"
		soon, later := time.Now().Add(time.Hour), time.Now().Add(12*time.Hour)
		w := watch(t, issue(t, host, soon))
		w.later(t)
		second := issue(t, host, later)
		require.NoError(t, os.WriteFile(w.cert(), second.cert, 0o600))
		<-time.After(lookEvery)
		synctest.Wait()
		require.NoError(t, os.WriteFile(w.folder.key(), second.key, 0o600))
		w.shows(t, later, 0)
	})
}

func TestACertificateThatIsNotValidYetIsTakenWhenItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const host = "chat.example.org"
		soon, later := time.Now().Add(time.Hour), time.Now().Add(24*time.Hour+time.Minute) // from a minute on
		w := watch(t, issue(t, host, soon))
		next := issue(t, host, later)
		w.put(t, next.cert, next.key)
		w.shows(t, soon, 1)
		<-time.After(time.Minute)
		w.shows(t, later, 1)

		w = watch(t, issue(t, host, time.Now().Add(25*time.Hour)))
		warnings := w.logged.FilterLevelExact(zapcore.WarnLevel).All()
		require.Len(t, warnings, 1)
		require.Contains(t, warnings[0].Message, "not valid yet")
	})
}

func TestACertificateThatClientsWillRefuseIsShownWithAWarning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, issue(t, "other.example.org", time.Now().Add(-time.Hour)))
		warnings := w.logged.FilterLevelExact(zapcore.WarnLevel).All()
		require.Len(t, warnings, 2)
		require.Contains(t, warnings[0].Message, "has expired")
		require.Contains(t, warnings[1].Message, "EMOSATION_PUBLIC_URL")
	})
}

func TestMistakesInFilesAreBlamedOnTheRightOne(t *testing.T) {
	good, other := issue(t, "a.example.org", time.Now().Add(time.Hour)), issue(t, "a.example.org", time.Now().Add(time.Hour))
	damaged := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("certain")})
	for name, c := range map[string]struct {
		cert, key     []byte // none: no file
		inCert, inKey string // empty: nothing is wrong
	}{
		"good":          {cert: good.cert, key: good.key},
		"both in one":   {cert: append(append([]byte{}, good.key...), good.cert...), key: good.key},
		"key for cert":  {cert: good.key, key: good.key, inCert: "holds no certificate"},
		"damaged":       {cert: damaged, key: good.key, inCert: "holds a damaged certificate"},
		"another's key": {cert: good.cert, key: other.key, inKey: "does not match"},
		"cert for key":  {cert: good.cert, key: good.cert, inKey: "holds no private key"},
		"texts":         {cert: []byte("a text"), key: []byte("a text"), inCert: "holds no certificate", inKey: "holds no private key"},
		"neither there": {inCert: "no such file", inKey: "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			f := folder(t.TempDir())
			f.put(t, c.cert, c.key)
			if c.cert == nil {
				require.NoError(t, os.RemoveAll(string(f)))
			}
			certErr, keyErr := CheckFiles(f.cert(), f.key())
			for _, got := range []struct {
				err  error
				want string
			}{{certErr, c.inCert}, {keyErr, c.inKey}} {
				if got.want == "" {
					require.NoError(t, got.err)
				} else {
					require.ErrorContains(t, got.err, got.want)
				}
			}
		})
	}
}

func TestTheFirstOfSeveralCertificatesToExpireIsTold(t *testing.T) {
	m, err := newMeter(prometheus.NewRegistry())
	require.NoError(t, err)
	require.Zero(t, testutil.CollectAndCount(m.expiry), "no alert where there is no certificate")
	m.shown("a", time.Unix(200, 0))
	m.shown("b", time.Unix(100, 0))
	require.InDelta(t, 100, testutil.ToFloat64(m.expiry), 0)
	m.shown("b", time.Unix(300, 0))
	require.InDelta(t, 200, testutil.ToFloat64(m.expiry), 0)
}

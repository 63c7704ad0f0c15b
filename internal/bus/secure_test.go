package bus_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"haidang/internal/bus"
)

// certificate makes a self-signed certificate for 127.0.0.1 and writes it where ca_file can name it.
func certificate(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

func TestTLSAndSignIn(t *testing.T) {
	t.Parallel()
	cert, ca := certificate(t)
	_, otherCA := certificate(t)
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1),
		kfake.TLS(&tls.Config{Certificates: []tls.Certificate{cert}}),
		kfake.EnableSASL(), kfake.Superuser("SCRAM-SHA-512", "u", "right"), kfake.Superuser("PLAIN", "u", "right"))
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	good := bus.DefaultConfig()
	good.Mode, good.Brokers = bus.External, cluster.ListenAddrs()
	good.TLS = bus.TLS{Enabled: true, CAFile: ca}
	for _, mechanism := range []string{"plain", "scram-sha-512"} {
		good.SASL = bus.SASL{Mechanism: mechanism, User: "u", Password: "right"}
		b := mustOpen(t, good)
		if err := b.Publish(t.Context(), bus.Message{Topic: bus.Links, Value: []byte("v")}); err != nil {
			t.Errorf("Publish over TLS with %s = %v", mechanism, err)
		}
	}
	for _, tt := range []struct {
		name   string
		change func(*bus.Config)
		kind   error
		say    string
	}{
		{"wrong password", func(c *bus.Config) { c.SASL.Password = "wrong" }, bus.ErrDenied, `user "u"`},
		{"wrong plain password", func(c *bus.Config) { c.SASL.Mechanism, c.SASL.Password = "plain", "wrong" }, bus.ErrDenied, "bus.sasl"},
		{"mechanism not offered", func(c *bus.Config) { c.SASL.Mechanism = "scram-sha-256" }, bus.ErrDenied, "scram-sha-256"},
		{"no sign-in", func(c *bus.Config) { c.SASL = bus.SASL{} }, bus.ErrUnreachable, "bus.sasl"},
		{"no encryption", func(c *bus.Config) { c.TLS = bus.TLS{} }, bus.ErrDenied, "bus.tls"},
		{"unknown authority", func(c *bus.Config) { c.TLS.CAFile = otherCA }, bus.ErrDenied, "bus.tls"},
		{"wrong name", func(c *bus.Config) { c.TLS.ServerName = "kafka.example" }, bus.ErrDenied, "bus.tls"},
		{"no such file", func(c *bus.Config) { c.TLS.CAFile = "missing.pem" }, os.ErrNotExist, "bus.tls.ca_file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := good
			tt.change(&cfg)
			_, err := bus.Open(t.Context(), cfg, bus.Deps{})
			oneSentence(t, err, tt.kind, tt.say)
			t.Log(err)
		})
	}
}

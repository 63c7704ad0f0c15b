package digest

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"haidang/alerting"
)

// signed writes a key into a file and returns the settings that sign with it, and the record that DNS would hold.
func signed(t testing.TB, key crypto.Signer) (DKIM, string) {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	kind := "rsa"
	if k, ok := key.Public().(ed25519.PublicKey); ok {
		kind, public = "ed25519", k
	}
	return DKIM{Domain: "haidang.test", Selector: "s2026", KeyFile: keyFile(t, "PRIVATE KEY", der)},
		fmt.Sprintf("v=DKIM1; k=%s; p=%s", kind, base64.StdEncoding.EncodeToString(public))
}

func keyFile(t testing.TB, kind string, der []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "dkim.pem")
	if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// verify checks a mail's signature as its reader's server would.
func verify(t testing.TB, raw []byte, record string) error {
	t.Helper()
	found, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
		if name != "s2026._domainkey.haidang.test" {
			t.Errorf("the key is looked up at %q", name)
		}
		return []string{record}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || found[0].Domain != "haidang.test" {
		t.Fatalf("%d signatures, want one of haidang.test:\n%s", len(found), raw)
	}
	return found[0].Err
}

func rsaKey(t testing.TB, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestMailsAreSignedSoThatAChangeShows(t *testing.T) {
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]crypto.Signer{"RSA": rsaKey(t, weakest), "Ed25519": ed} {
		t.Run(name, func(t *testing.T) {
			m := startServer(t, TLSNone, nil)
			settings, record := signed(t, key)
			w := newWorld(t, through(m), func(c *Config, _ *Deps) { c.SMTP.DKIM = settings })
			w.day()
			w.mustSend("ban-chi-dao", ReasonSent)
			alert := alerting.Mail{ID: "n1", To: "lead@haidang.test", Subject: "Vỡ đập Hồ Suối Ngang", Text: "Hãy kiểm tra.\n", HTML: "<p>Hãy kiểm tra.</p>"}
			if err := w.Mail(context.Background(), alert); err != nil {
				t.Fatal(err)
			}
			got := m.got()
			if len(got) != 3 {
				t.Fatalf("%d mails, want two of the digest and an alert", len(got))
			}
			for _, mail := range got {
				if err := verify(t, mail.raw, record); err != nil {
					t.Errorf("the mail to %s does not verify: %v\n%s", mail.to, err, mail.raw)
				}
			}
			for what, raw := range map[string][]byte{
				"a changed body":    bytes.Replace(got[0].raw, []byte("<title"), []byte("<Title"), 1),
				"a changed subject": bytes.Replace(got[0].raw, []byte("Subject:"), []byte("Subject: x"), 1),
				"a second subject":  append([]byte("Subject: x\r\n"), got[0].raw...),
			} {
				if bytes.Equal(raw, got[0].raw) {
					t.Fatalf("%s: nothing was changed", what)
				}
				if verify(t, raw, record) == nil {
					t.Errorf("%s verifies all the same", what)
				}
			}
		})
	}
}

func TestKeysThatCannotSign(t *testing.T) {
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	wrongKind, _ := signed(t, curve)
	weak := keyFile(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey(t, 1024)))
	locked := keyFile(t, "ENCRYPTED PRIVATE KEY", []byte("canary"))
	for _, tt := range []struct {
		file  string
		wants []string
	}{
		{filepath.Join(t.TempDir(), "none.pem"), []string{"none.pem", "no such file", "openssl genrsa"}},
		{t.TempDir(), []string{"is a directory"}},
		{wrongKind.KeyFile, []string{"no private RSA or Ed25519 key", "openssl genrsa"}},
		{locked, []string{"without a passphrase"}},
		{weak, []string{"1024 bits, fewer than 2048", "new selector"}},
	} {
		cfg := DefaultConfig()
		cfg.SMTP.DKIM = DKIM{Domain: "haidang.test", Selector: "s2026", KeyFile: tt.file}
		err := cfg.CheckKey()
		if err == nil {
			t.Errorf("%s is taken", tt.file)
			continue
		}
		wants(t, "the refusal", err.Error(), append(tt.wants, "digest.smtp.dkim.key_file: ")...)
		if strings.Contains(err.Error(), "canary") {
			t.Errorf("the key shows: %v", err)
		}
	}
}

func TestSettingsOfTheSignature(t *testing.T) {
	for _, tt := range []struct {
		name string
		dkim DKIM
		want string // "": good
	}{
		{"none", DKIM{}, ""},
		{"own domain", DKIM{"tin.haidang.test", "s2026", "k.pem"}, ""},
		{"domain above", DKIM{"haidang.test", "nov.2026", "k.pem"}, ""},
		{"another domain", DKIM{"g.test", "s", "k.pem"}, `neither the domain of digest.from, "tin.haidang.test"`},
		{"end of a name", DKIM{"dang.test", "s", "k.pem"}, "neither the domain of digest.from"},
		{"no key", DKIM{Domain: "haidang.test", Selector: "s"}, "digest.smtp.dkim.key_file: missing"},
		{"no selector", DKIM{Domain: "haidang.test", KeyFile: "k.pem"}, `digest.smtp.dkim.selector: "" is not a name`},
		{"a header in it", DKIM{"haidang.test", "s\r\nBcc: x", "k.pem"}, "digest.smtp.dkim.selector:"},
	} {
		cfg := DefaultConfig()
		cfg.From = "Hải Đăng <a@Tin.haidang.test>"
		cfg.Lists[0].To = []string{"a@b.vn"}
		cfg.SMTP.Host, cfg.SMTP.DKIM = "mail.example.vn", tt.dkim
		err := cfg.Validate()
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: Validate = %v, want %q", tt.name, err, tt.want)
		}
	}
}

package digest

import (
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"io/fs"
	"net/mail"
	"os"
	"regexp"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
	gomail "github.com/wneessen/go-mail"
)

// DKIM signs every mail (RFC 6376, RFC 8463), so that the servers of its readers know that it is ours and whole. Empty:
// mails are not signed here, which is right where the mail server signs them.
type DKIM struct {
	Domain   string `yaml:"domain"`   // of digest.from, or one above it: example.vn
	Selector string `yaml:"selector"` // names the public key in DNS, at SELECTOR._domainkey.DOMAIN
	KeyFile  string `yaml:"key_file"` // PEM of an RSA key of at least 2048 bits, or of an Ed25519 key
}

// weakest is the shortest RSA key, in bits, that signers should use (RFC 8301).
const weakest = 2048

// howToMakeAKey is the way out of every problem with a key.
const howToMakeAKey = "make one with: openssl genrsa -out dkim.pem 2048"

var dnsName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

func (k DKIM) validate(from string) (errs []error) {
	if k == (DKIM{}) {
		return nil
	}
	for _, v := range []struct{ name, value string }{{"domain", k.Domain}, {"selector", k.Selector}} {
		if !dnsName.MatchString(v.value) {
			errs = append(errs, fmt.Errorf("digest.smtp.dkim.%s: %q is not a name in DNS; write lower-case letters, digits, hyphens and dots", v.name, v.value))
		}
	}
	if k.KeyFile == "" {
		errs = append(errs, fmt.Errorf("digest.smtp.dkim.key_file: missing; %s", howToMakeAKey))
	}
	if a, err := mail.ParseAddress(from); err == nil {
		_, domain, _ := strings.Cut(strings.ToLower(a.Address), "@")
		if domain != k.Domain && !strings.HasSuffix(domain, "."+k.Domain) {
			errs = append(errs, fmt.Errorf("digest.smtp.dkim.domain: %q is neither the domain of digest.from, %q, nor one above it: nobody would trust its signature", k.Domain, domain))
		}
	}
	return errs
}

// CheckKey reports what is wrong with the key that mails are signed with; nil where there is none.
func (c Config) CheckKey() error {
	_, err := c.SMTP.DKIM.key()
	return err
}

// key reads the private key; nil where none is configured. Its errors show nothing of what the file holds.
func (k DKIM) key() (crypto.Signer, error) {
	if k.KeyFile == "" {
		return nil, nil
	}
	data, err := os.ReadFile(k.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("digest.smtp.dkim.key_file: %w; %s", err, wayToRead(err))
	}
	key, err := gomail.PrivKeyFromPEM(data)
	if err != nil {
		return nil, fmt.Errorf("digest.smtp.dkim.key_file: %s holds no private RSA or Ed25519 key without a passphrase; %s", k.KeyFile, howToMakeAKey)
	}
	if r, ok := key.(*rsa.PrivateKey); ok && r.N.BitLen() < weakest {
		return nil, fmt.Errorf("digest.smtp.dkim.key_file: the RSA key in %s has %d bits, fewer than %d; %s, and publish its public key under a new selector", k.KeyFile, r.N.BitLen(), weakest, howToMakeAKey)
	}
	return key, nil
}

func wayToRead(err error) string {
	if errors.Is(err, fs.ErrPermission) {
		return "let the user that haidang runs as read it"
	}
	return howToMakeAKey
}

// signedHeaders are under the signature; those that stand twice cannot be added once more without breaking it.
func signedHeaders() []string {
	return []string{
		"From", "From", "To", "To", "Subject", "Subject", "Date", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Language", "Auto-Submitted",
	}
}

// sign gives a mail its signature; go-mail writes it the same way each time.
func (s smtpMailer) sign(m *gomail.Msg) error {
	signer, err := dkim.NewSigner(&dkim.SignOptions{
		Domain: s.cfg.DKIM.Domain, Selector: s.cfg.DKIM.Selector, Signer: s.key, HeaderKeys: signedHeaders(),
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
	})
	if err != nil {
		return err
	}
	_, err = m.WriteTo(signer)
	if err := errors.Join(err, signer.Close()); err != nil {
		return fmt.Errorf("sign the mail: %w", err)
	}
	name, value, _ := strings.Cut(strings.TrimSuffix(signer.Signature(), "\r\n"), ": ")
	m.SetGenHeaderPreformatted(gomail.Header(name), value)
	return nil
}

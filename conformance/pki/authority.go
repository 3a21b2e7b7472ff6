// Package pki makes the certificates of the run: the authority of the mesh, a public authority, and the certificates that they sign.
package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"sync"
	"time"
)

// Authority signs certificates and remembers them by name.
type Authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	// PEM is the authority's own certificate.
	PEM []byte

	mu    sync.Mutex
	cache map[string]*Pair
}

// Pair is a certificate and its key.
type Pair struct {
	Cert, Key []byte
	TLS       tls.Certificate
}

// New makes an authority that lives as long as the run.
func New(name string) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name, Organization: []string{"conformance"}},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &Authority{cert: cert, key: key, PEM: pemOf("CERTIFICATE", der), cache: map[string]*Pair{}}, err
}

func pemOf(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// Pool is the authority as something to trust.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

// Issue signs a certificate for the names, which may be host names, addresses or URIs (SPIFFE).
func (a *Authority) Issue(names ...string) (*Pair, error) { return a.IssueTo(Holder{}, names...) }

// Holder tells apart certificates for the same names.
type Holder struct {
	Name string
	// RSA is the default of many issuers; without it a certificate has an elliptic key.
	RSA bool
}

// IssueTo is Issue for one holder among several.
func (a *Authority) IssueTo(h Holder, names ...string) (*Pair, error) {
	key := fmt.Sprintf("%s %v %q", h.Name, h.RSA, names)
	a.mu.Lock()
	defer a.mu.Unlock()
	if p := a.cache[key]; p != nil {
		return p, nil
	}
	private, err := newKey(h.RSA)
	if err != nil {
		return nil, err
	}
	serial, _ := rand.Int(rand.Reader, big.NewInt(1<<62))
	template := &x509.Certificate{
		SerialNumber: serial, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(12 * time.Hour),
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	for _, n := range names {
		if u, err := url.Parse(n); err == nil && u.Scheme != "" {
			template.URIs = append(template.URIs, u)
		} else if ip := net.ParseIP(n); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, n)
			template.Subject.CommonName = n
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, private.Public(), a.key)
	if err != nil {
		return nil, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, err
	}
	p := &Pair{Cert: append(pemOf("CERTIFICATE", der), a.PEM...), Key: pemOf("PRIVATE KEY", keyDER)}
	if p.TLS, err = tls.X509KeyPair(p.Cert, p.Key); err != nil {
		return nil, err
	}
	a.cache[key] = p
	return p, nil
}

func newKey(isRSA bool) (crypto.Signer, error) {
	if isRSA {
		return rsa.GenerateKey(rand.Reader, 2048)
	}
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}

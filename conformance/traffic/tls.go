package traffic

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"fmt"
	"net"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
)

// tuneTLS configures the TLS of a caller. The server's certificate is recorded and checked afterwards: a wrong one is a finding
// with a name, not a failed handshake.
func (r *Runner) tuneTLS(c *caller, want *scenario.ClientTLS) {
	c.tls = &tls.Config{InsecureSkipVerify: true, ServerName: c.target.Hostname()}
	if net.ParseIP(c.tls.ServerName) != nil {
		c.tls.ServerName = ""
	}
	if want == nil {
		return
	}
	if want.SNI != "" {
		c.tls.ServerName = want.SNI
	}
	c.tls.MinVersion, c.tls.MaxVersion = uint16(want.MinVersion), uint16(want.MaxVersion)
	c.tls.CipherSuites = want.CipherSuites
	if len(want.CipherSuites) > 0 && want.MaxVersion == 0 {
		c.tls.MaxVersion = tls.VersionTLS12 // TLS 1.3 has separate suites and would be preferred
	}
	if want.Certificate.Name == "" {
		return
	}
	if cert, err := r.Plane.ClientCertificate(want.Certificate); err == nil {
		// Sent whatever authorities the server names, also if the authority is unknown.
		c.tls.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return cert, nil }
	}
}

// preamble is the PROXY protocol header of a load balancer. The ports have no meaning.
func preamble(p *scenario.ProxyProtocol) []byte {
	if p == nil {
		return nil
	}
	const from, to = 40000, 443
	if p.Version == 1 {
		return fmt.Appendf(nil, "PROXY TCP4 %s 198.51.100.1 %d %d\r\n", p.Source, from, to)
	}
	b := []byte("\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c")
	b = append(b, net.ParseIP(p.Source).To4()...)
	b = append(b, 198, 51, 100, 1)
	b = binary.BigEndian.AppendUint16(b, from)
	return binary.BigEndian.AppendUint16(b, to)
}

func (j *judgement) certificate(o *Observation, want string) {
	if o.Certificate == nil {
		j.fail(o, "certificate", "no certificate was shown")
		return
	}
	names := strings.Join(o.Certificate.DNSNames, ", ")
	switch {
	case strings.Contains(want, "/"):
		if secret := j.r.secret(want); secret == nil || !bytes.Equal(secret.Raw, o.Certificate.Raw) {
			j.fail(o, "certificate", "the certificate shown, for %s, is not that of Secret %s", names, want)
		}
	case strings.HasPrefix(want, "*."):
		if !slices.Contains(o.Certificate.DNSNames, want) {
			j.fail(o, "certificate", "the certificate shown is for %s, not for %s", names, want)
		}
	default:
		if err := o.Certificate.VerifyHostname(want); err != nil {
			j.fail(o, "certificate", "%v", err)
		}
	}
}

// secret is the certificate in a Secret, nil where there is none.
func (r *Runner) secret(name string) *x509.Certificate {
	clusterName, rest, ok := strings.Cut(name, ":")
	if !ok {
		clusterName, rest = "", name
	}
	for _, s := range r.States {
		if clusterName != "" && s.Name != clusterName {
			continue
		}
		for _, o := range s.Objects {
			secret, ok := o.(*corev1.Secret)
			if !ok || secret.Namespace+"/"+secret.Name != rest {
				continue
			}
			if block, _ := pem.Decode(secret.Data[corev1.TLSCertKey]); block != nil {
				if cert, err := x509.ParseCertificate(block.Bytes); err == nil {
					return cert
				}
			}
		}
	}
	return nil
}

func (j *judgement) agreed(o *Observation, want *scenario.AgreedTLS) {
	if o.TLS == nil {
		j.fail(o, "tls", "no TLS")
		return
	}
	if got := scenario.TLSVersion(o.TLS.Version); want.Version != 0 && got != want.Version {
		j.fail(o, "tls version", "TLS %s was agreed on, not %s", got, want.Version)
	}
	if got := scenario.CipherName(o.TLS.CipherSuite); want.Cipher != "" && got != want.Cipher {
		j.fail(o, "tls cipher", "%s was agreed on, not %s", got, want.Cipher)
	}
}

// arrivesTLS compares what an application saw of TLS that it ended template.
func (j *judgement) arrivesTLS(o *Observation, want *scenario.ArrivesTLS) {
	got := o.Echo.TLS
	if got == nil {
		j.fail(o, "arrives tls", "TLS was ended before the application")
		return
	}
	if want.SNI != "" && want.SNI != got.SNI {
		j.fail(o, "arrives sni", "SNI arrived as %q, not %q", got.SNI, want.SNI)
	}
	if client := strings.Join(got.Client, ","); want.ClientCertificate != "" && !slices.Contains(got.Client, want.ClientCertificate) {
		j.fail(o, "arrives client", "client certificate %q arrived, not %q", client, want.ClientCertificate)
	}
}

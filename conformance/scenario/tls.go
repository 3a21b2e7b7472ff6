package scenario

import (
	"crypto/tls"
	"fmt"
	"net"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"
)

// ClientTLS is the TLS of the caller itself (https:, tls: URLs).
type ClientTLS struct {
	SNI         string            `yaml:"sni"`
	Certificate ClientCertificate `yaml:"certificate"`
	// MinVersion and MaxVersion are 1.0 to 1.3. The defaults are 1.2 and 1.3.
	MinVersion TLSVersion `yaml:"minVersion"`
	MaxVersion TLSVersion `yaml:"maxVersion"`
	// CipherSuites that the caller offers up to TLS 1.2, by their OpenSSL names, as in a Gateway.
	CipherSuites Suites `yaml:"cipherSuites"`
}

// AgreedTLS is the result of a handshake.
type AgreedTLS struct {
	Version TLSVersion `yaml:"version"`
	Cipher  string     `yaml:"cipher"`
}

// ArrivesTLS is the TLS that an application terminates template.
type ArrivesTLS struct {
	SNI               string `yaml:"sni"`
	ClientCertificate string `yaml:"clientCertificate"`
}

// ClientCertificate is the name in the caller's certificate, empty without a certificate.
type ClientCertificate struct {
	Name string
	// Untrusted is set if an unknown authority signed it.
	Untrusted bool
}

// DefaultClient is the name in the caller's certificate where no other is given.
const DefaultClient = "client.outside.example"

// UnmarshalYAML accepts `true`, `untrusted`, or a name.
func (c *ClientCertificate) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: the caller's certificate is `true`, `untrusted` or a name", node.Line)
	}
	switch node.Value {
	case "false":
	case "true":
		c.Name = DefaultClient
	case "untrusted":
		c.Name, c.Untrusted = DefaultClient, true
	default:
		c.Name = node.Value
	}
	return nil
}

// TLSVersion is a protocol version, 0 where none was given.
type TLSVersion uint16

var versions = map[string]TLSVersion{"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}

// UnmarshalYAML reads 1.2 and the like.
func (v *TLSVersion) UnmarshalYAML(node *yaml.Node) error {
	known, ok := versions[node.Value]
	if !ok {
		return fmt.Errorf("line %d: %q is no TLS version: 1.0, 1.1, 1.2 or 1.3", node.Line, node.Value)
	}
	*v = known
	return nil
}

func (v TLSVersion) String() string {
	for text, known := range versions {
		if known == v {
			return text
		}
	}
	return "none"
}

// Suites are cipher suites by Go's numbers.
type Suites []uint16

// UnmarshalYAML reads OpenSSL's names.
func (s *Suites) UnmarshalYAML(node *yaml.Node) error {
	var names []string
	if err := node.Decode(&names); err != nil {
		return err
	}
	known := suites()
	for i, name := range names {
		id, ok := known[name]
		if !ok {
			var all []string
			for n := range known {
				all = append(all, n)
			}
			sort.Strings(all)
			return fmt.Errorf("line %d: cipher suite %q is none of %s", node.Content[i].Line, name, strings.Join(all, ", "))
		}
		*s = append(*s, id)
	}
	return nil
}

// suites are those that both this caller and a Gateway know, by OpenSSL's names.
func suites() map[string]uint16 {
	known := map[string]uint16{}
	for _, c := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if c.SupportedVersions[0] < tls.VersionTLS13 {
			known[CipherName(c.ID)] = c.ID
		}
	}
	return known
}

// CipherName is OpenSSL's name of a cipher suite; those of TLS 1.3 have only one.
func CipherName(id uint16) string {
	name := tls.CipherSuiteName(id)
	words, ok := strings.CutPrefix(name, "TLS_")
	if !ok || !strings.Contains(words, "_WITH_") {
		return name
	}
	words = strings.Replace(words, "_WITH_", "_", 1)
	words = strings.TrimPrefix(words, "RSA_")
	words = strings.NewReplacer("AES_128", "AES128", "AES_256", "AES256", "3DES_EDE_CBC", "DES-CBC3", "POLY1305_SHA256", "POLY1305", "_CBC_", "-", "_", "-").Replace(words)
	return words
}

// ProxyProtocol is the caller's address as a load balancer sends it.
type ProxyProtocol struct {
	Source  string `yaml:"source"`
	Version int    `yaml:"version"`
}

// UnmarshalYAML also accepts an address without a version, for version 1.
func (p *ProxyProtocol) UnmarshalYAML(node *yaml.Node) error {
	p.Version = 1
	if node.Kind == yaml.ScalarNode {
		p.Source = node.Value
	} else {
		type plain ProxyProtocol
		if err := knownFields(node, "source", "version"); err != nil {
			return err
		}
		if err := node.Decode((*plain)(p)); err != nil {
			return err
		}
	}
	if ip := net.ParseIP(p.Source); ip == nil || ip.To4() == nil {
		return fmt.Errorf("line %d: %q is no IPv4 address", node.Line, p.Source)
	}
	if p.Version != 1 && p.Version != 2 {
		return fmt.Errorf("line %d: the PROXY protocol has versions 1 and 2, not %d", node.Line, p.Version)
	}
	return nil
}

// knownFields does what the decoder no longer does inside an UnmarshalYAML.
func knownFields(node *yaml.Node, names ...string) error {
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		known := false
		for _, name := range names {
			known = known || key.Value == name
		}
		if !known {
			return fmt.Errorf("line %d: field %s not found in type scenario.ProxyProtocol", key.Line, key.Value)
		}
	}
	return nil
}

package scenario

import (
	"crypto/tls"
	"strings"
	"testing"
)

func TestCipherNamesAreOpenSSLs(t *testing.T) {
	for id, want := range map[uint16]string{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256:     "ECDHE-ECDSA-AES128-GCM-SHA256",
		tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384:       "ECDHE-RSA-AES256-GCM-SHA384",
		tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: "ECDHE-RSA-CHACHA20-POLY1305",
		tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA:          "ECDHE-RSA-AES128-SHA",
		tls.TLS_RSA_WITH_AES_256_GCM_SHA384:             "AES256-GCM-SHA384",
		tls.TLS_RSA_WITH_AES_128_CBC_SHA:                "AES128-SHA",
		tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA:               "DES-CBC3-SHA",
		tls.TLS_AES_128_GCM_SHA256:                      "TLS_AES_128_GCM_SHA256",
	} {
		if got := CipherName(id); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestHowACallerSpeaks(t *testing.T) {
	const head = "version: 1\nrequests:\n  - name: r\n    from: outside\n    url: https://a/\n    expect: {status: 200}\n    "
	f, err := Parse("r.yaml", []byte(head+"tls: {certificate: untrusted, minVersion: \"1.1\", cipherSuites: [ECDHE-RSA-AES128-SHA]}\n    proxyProtocol: {source: 203.0.113.7, version: 2}\n"))
	if err != nil {
		t.Fatal(err)
	}
	q := f.Requests[0]
	if c := q.TLS.Certificate; !c.Untrusted || c.Name == "" || q.TLS.MinVersion != tls.VersionTLS11 || len(q.TLS.CipherSuites) != 1 || q.ProxyProtocol.Version != 2 {
		t.Errorf("%+v %+v", q.TLS, q.ProxyProtocol)
	}
	for text, want := range map[string]string{
		"tls: {minVersion: \"1.4\"}":                       `r.yaml:7: "1.4" is no TLS version`,
		"tls: {cipherSuites: [X]}":                         `r.yaml:7: cipher suite "X" is none of `,
		"tls: {certificate: [a]}":                          "r.yaml:7: the caller's certificate is",
		"proxyProtocol: here":                              `r.yaml:7: "here" is no IPv4 address`,
		"proxyProtocol: {source: 203.0.113.7, version: 3}": "r.yaml:7: the PROXY protocol has versions 1 and 2",
		"proxyProtocol: {source: 203.0.113.7, versoin: 2}": `r.yaml:7: unknown field "versoin"`,
	} {
		if _, err := Parse("r.yaml", []byte(head+text+"\n")); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	for text, want := range map[string]string{
		"certificates: [{namespace: a, name: b}]":                       "r.yaml:1: certificate a/b: give it hosts, clientCA, or both",
		"certificates: [{namespace: a, name: b, hosts: [c], key: dsa}]": "r.yaml:1: certificate a/b: key must be ecdsa or rsa",
		"speaksTls: [{workload: a/b}]":                                  `r.yaml:1: speaksTls: "a/b" needs a port`,
		"speaksTls: [{workload: a/b, port: 1, clientCertificate: no}]":  "r.yaml:1: speaksTls: clientCertificate of",
	} {
		if _, err := Parse("r.yaml", []byte("world: {"+text+"}\n"+head+"\n")); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

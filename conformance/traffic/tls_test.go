package traffic

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/dataplane"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/echo"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/pki"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
)

func TestPreambles(t *testing.T) {
	if preamble(nil) != nil {
		t.Error("an unexpected preamble")
	}
	if got := string(preamble(&scenario.ProxyProtocol{Source: "203.0.113.7", Version: 1})); got != "PROXY TCP4 203.0.113.7 198.51.100.1 40000 443\r\n" {
		t.Errorf("%q", got)
	}
	got := preamble(&scenario.ProxyProtocol{Source: "203.0.113.7", Version: 2})
	if len(got) != 28 || !bytes.Equal(got[16:20], []byte{203, 0, 113, 7}) || got[15] != 12 {
		t.Errorf("%x", got)
	}
}

func TestJudgementOfTLS(t *testing.T) {
	authority, err := pki.New("a")
	if err != nil {
		t.Fatal(err)
	}
	shown, err := authority.IssueTo(pki.Holder{Name: "x/shown"}, "*.example.com")
	if err != nil {
		t.Fatal(err)
	}
	other, err := authority.IssueTo(pki.Holder{Name: "x/other"}, "*.example.com")
	if err != nil {
		t.Fatal(err)
	}
	secret := func(name string, pair *pki.Pair) *corev1.Secret {
		return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "x", Name: name}, Data: map[string][]byte{"tls.crt": pair.Cert}}
	}
	r := &Runner{
		Plane: &dataplane.Plane{Logs: dataplane.NewLogs(), Hits: echo.NewHits()}, Alpha: 1e-5,
		States: map[string]*cluster.State{"c": {Name: "c", Objects: []runtime.Object{secret("shown", shown), secret("other", other)}}},
	}
	agreed := &tls.ConnectionState{Version: tls.VersionTLS12, CipherSuite: tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}
	for name, c := range map[string]struct {
		expect scenario.Expect
		change func(*Observation)
		want   string
	}{
		"good for a name":   {scenario.Expect{Certificate: "a.example.com"}, nil, ""},
		"the Secret's":      {scenario.Expect{Certificate: "x/shown"}, nil, ""},
		"the wildcard":      {scenario.Expect{Certificate: "*.example.com"}, nil, ""},
		"another name":      {scenario.Expect{Certificate: "a.example.net"}, nil, "not a.example.net"},
		"another Secret":    {scenario.Expect{Certificate: "x/other"}, nil, "the certificate shown, for *.example.com, is not that of Secret x/other"},
		"no such Secret":    {scenario.Expect{Certificate: "x/none"}, nil, "is not that of Secret x/none"},
		"another wildcard":  {scenario.Expect{Certificate: "*.example.net"}, nil, "is for *.example.com, not for *.example.net"},
		"none shown":        {scenario.Expect{Certificate: "x/shown"}, func(o *Observation) { o.Certificate = nil }, "no certificate was shown"},
		"agreed":            {scenario.Expect{TLS: &scenario.AgreedTLS{Version: tls.VersionTLS12, Cipher: "ECDHE-RSA-AES128-GCM-SHA256"}}, nil, ""},
		"another version":   {scenario.Expect{TLS: &scenario.AgreedTLS{Version: tls.VersionTLS13}}, nil, "TLS 1.2 was agreed on, not 1.3"},
		"another cipher":    {scenario.Expect{TLS: &scenario.AgreedTLS{Cipher: "AES256-SHA"}}, nil, "ECDHE-RSA-AES128-GCM-SHA256 was agreed on, not AES256-SHA"},
		"no TLS":            {scenario.Expect{TLS: &scenario.AgreedTLS{}}, func(o *Observation) { o.TLS = nil }, "no TLS"},
		"ended before":      {scenario.Expect{Arrives: &scenario.Arrives{TLS: &scenario.ArrivesTLS{}}}, func(o *Observation) { o.Echo.TLS = nil }, "TLS was ended before the application"},
		"SNI that arrives":  {scenario.Expect{Arrives: &scenario.Arrives{TLS: &scenario.ArrivesTLS{SNI: "b"}}}, nil, `SNI arrived as "a", not "b"`},
		"client":            {scenario.Expect{Arrives: &scenario.Arrives{TLS: &scenario.ArrivesTLS{ClientCertificate: "d"}}}, nil, `client certificate "c" arrived, not "d"`},
		"refused like that": {scenario.Expect{Refused: scenario.Refused{Yes: true, Why: "required"}}, func(o *Observation) { o.Status, o.Echo, o.Error = 0, nil, "certificate required" }, ""},
		"refused otherwise": {scenario.Expect{Refused: scenario.Refused{Yes: true, Why: "required"}}, func(o *Observation) { o.Status, o.Echo, o.Error = 0, nil, "reset" }, `refused with "reset", not because of "required"`},
	} {
		cert, _ := x509.ParseCertificate(shown.TLS.Certificate[0])
		o := &Observation{ID: "1", Status: 200, Certificate: cert, TLS: agreed, Echo: &echo.Report{TLS: &echo.TLSReport{SNI: "a", Client: []string{"c"}}}}
		if c.change != nil {
			c.change(o)
		}
		result := &Result{}
		r.judge(&scenario.Request{Expect: c.expect}, nil, []*Observation{o}, result)
		if got := strings.Join(result.Failures, " | "); (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

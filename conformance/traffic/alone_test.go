package traffic

import (
	"net/url"
	"testing"
	"time"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/network"
)

func TestConnectionsWithoutRequestsAreSentAlone(t *testing.T) {
	r := &Runner{}
	send := func() []*Observation { return nil }
	took := func(scheme string) time.Duration {
		began := time.Now()
		r.alone(&caller{target: &url.URL{Scheme: scheme}}, send)
		return time.Since(began)
	}
	if first := took("tcp"); first > network.Remembered/2 {
		t.Errorf("the first waited %s", first)
	}
	if other := took("http"); other > network.Remembered/2 {
		t.Errorf("requests waited %s", other)
	}
	if second := took("tls"); second < network.Remembered {
		t.Errorf("the second came after %s", second)
	}
}

package dataplane

import (
	"testing"

	"github.com/cdk8s-istio/cdk8s-istio/conformance"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
)

func TestProxiesSayThePinnedVersion(t *testing.T) {
	if got := metadata(&cluster.Pod{})["ISTIO_VERSION"]; got != conformance.IstioVersion || got == "" {
		t.Errorf("proxies say %v", got)
	}
}

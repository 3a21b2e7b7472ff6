package conformance

import (
	"regexp"
	"testing"
)

func TestIstioVersionIsARelease(t *testing.T) {
	if !regexp.MustCompile(`^1\.\d+\.\d+$`).MatchString(IstioVersion) {
		t.Errorf("%q", IstioVersion)
	}
}

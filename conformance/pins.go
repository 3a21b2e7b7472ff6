// Package conformance is the module's root; it gives the pinned versions of go.mod to the other packages.
package conformance

import (
	_ "embed"
	"regexp"
)

//go:embed go.mod
var goMod string

var istioAPI = regexp.MustCompile(`(?m)^\s*istio\.io/api v(\S+)`)

// IstioVersion is the release that go.mod pins; istio.io/istio itself has no release numbers as a module.
var IstioVersion = istioAPI.FindStringSubmatch(goMod)[1]

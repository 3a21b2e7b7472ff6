// Package conformance is the module's root; it tells the module's other packages which versions go.mod pins.
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

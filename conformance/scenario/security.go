package scenario

import "slices"

// JWT is a token that the caller sends.
type JWT struct {
	// Issuer is what the token says as `iss`. It is signed with the key of that issuer, if world.issuers has it.
	Issuer    string         `yaml:"issuer"`
	Subject   string         `yaml:"subject"`
	Audiences []string       `yaml:"audiences"`
	Claims    map[string]any `yaml:"claims"`
	Expired   bool           `yaml:"expired"`
	// Untrusted signs with a key that is not the issuer's.
	Untrusted bool `yaml:"untrusted"`
	// Header carries the token instead of `authorization: Bearer …`, without anything before it.
	Header string `yaml:"header"`
}

// Pairs is a matrix of every caller and every port of every Service. Declared pairs must reach an application, all others must not.
type Pairs struct {
	Name string `yaml:"name"`
	// Without names kinds of objects to remove first.
	Without []string `yaml:"without"`
	// NetworkPolicies also checks every pair against the NetworkPolicies of the manifests.
	NetworkPolicies bool   `yaml:"networkPolicies"`
	Declared        []Pair `yaml:"declared"`
	// Refused are pairs that must not reach an application. Only limits the run to these and to the declared pairs.
	Refused []Pair `yaml:"refused"`
	Only    bool   `yaml:"only"`
	Line    int    `yaml:"-"`
}

// Pair is a caller and a port of a Service.
type Pair struct {
	// From is a workload, a client or a gateway; To is a Service.
	From Ref `yaml:"from"`
	To   Ref `yaml:"to"`
	Port int `yaml:"port"`
	// Method and Path limit a declared pair to some requests.
	Method string `yaml:"method"`
	Path   string `yaml:"path"`
}

// Scope measures the configuration of one proxy, with and without some kinds of objects.
type Scope struct {
	Proxy   Ref      `yaml:"proxy"`
	Without []string `yaml:"without"`
	// AtLeast is the minimum factor of bytes without them.
	AtLeast float64 `yaml:"atLeast"`
}

func (f *File) checkPairs() error {
	names := map[string]bool{}
	for _, p := range f.Pairs {
		if p == nil || p.Name == "" || names[p.Name] {
			return f.Bad(1, "each of `pairs` needs a name of its own")
		}
		names[p.Name] = true
		if len(p.Refused) > 0 && !p.Only {
			return f.Bad(p.Line, "pairs %q: every pair that is not declared has to be refused, but for `only: true`", p.Name)
		}
		for _, d := range slices.Concat(p.Declared, p.Refused) {
			if d.From.Namespace == "" || d.To.Namespace == "" || d.Port == 0 {
				return f.Bad(p.Line, "pairs %q: each pair has a caller, a Service (both namespace/name) and a port", p.Name)
			}
		}
	}
	return nil
}

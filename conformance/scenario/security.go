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
	// Stranger signs with a key that is not the issuer's.
	Stranger bool `yaml:"stranger"`
	// Header carries the token instead of `authorization: Bearer …`, without anything before it.
	Header string `yaml:"header"`
}

// Pairs is a matrix: every caller against every port of every Service. The declared pairs have to reach an application, all others none.
type Pairs struct {
	Name string `yaml:"name"`
	// Without names kinds of objects that are taken away first.
	Without []string `yaml:"without"`
	// NetworkPolicies asks the NetworkPolicies of the manifests about every pair as well.
	NetworkPolicies bool   `yaml:"networkPolicies"`
	Declared        []Pair `yaml:"declared"`
	// Refused are pairs that must not reach an application. Only asks these and the declared ones, and no others.
	Refused []Pair `yaml:"refused"`
	Only    bool   `yaml:"only"`
	Line    int    `yaml:"-"`
}

// Pair is somebody who calls a port of a Service.
type Pair struct {
	// From is a workload, a client or a gateway; To is a Service.
	From Ref `yaml:"from"`
	To   Ref `yaml:"to"`
	Port int `yaml:"port"`
	// Method and Path are those of a request that is declared, where not all are.
	Method string `yaml:"method"`
	Path   string `yaml:"path"`
}

// Scope measures what istiod sends to one proxy, as it is and without some kinds of objects.
type Scope struct {
	Proxy   Ref      `yaml:"proxy"`
	Without []string `yaml:"without"`
	// AtLeast is how many times as many bytes that have to be without them.
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

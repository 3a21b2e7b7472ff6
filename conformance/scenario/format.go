// Package scenario reads requests.yaml: calls, their number, expected
// results, and objects that the manifests only refer to.
package scenario

import (
	"fmt"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/istiocheck"
)

// Version is the only format version so far; a file names its version.
const Version = 1

// File is one requests.yaml.
type File struct {
	Version  int                    `yaml:"version"`
	Clusters []Cluster              `yaml:"clusters"`
	Mesh     map[string]any         `yaml:"mesh"`
	CRDs     []string               `yaml:"crds"`
	Allow    []istiocheck.Allowance `yaml:"allow"`
	// PodSecurity adds levels to the labels of the namespaces.
	PodSecurity PodSecurity `yaml:"podSecurity"`
	World       World       `yaml:"world"`
	Requests    []*Request  `yaml:"requests"`
	Steps       []*Rollout  `yaml:"steps"`
	Pairs       []*Pairs    `yaml:"pairs"`
	Scopes      []Scope     `yaml:"scopes"`
	Jobs        []Job       `yaml:"jobs"`

	path string
}

// Cluster names a folder of manifests (relative to the manifests folder) as one cluster of several.
type Cluster struct {
	Name      string         `yaml:"name"`
	Manifests string         `yaml:"manifests"`
	Mesh      map[string]any `yaml:"mesh"`
}

// Request is one line of the report: one kind of call, made Count times.
type Request struct {
	Name    string            `yaml:"name"`
	From    Ref               `yaml:"from"`
	Via     Ref               `yaml:"via"`
	URL     Text              `yaml:"url"`
	Method  string            `yaml:"method"`
	Headers map[string]string `yaml:"headers"`
	Count   int               `yaml:"count"`
	// Parallel is the number of parallel calls. The default is 1, or 8 for many calls.
	Parallel int `yaml:"parallel"`
	// Every is the time between two calls of a caller, or between two lines of a plain TCP connection.
	Every Duration `yaml:"every"`
	// Lines is how many lines are sent on each connection of plain TCP.
	Lines int `yaml:"lines"`
	// Waits makes the caller send only after the first line of the server.
	Waits bool `yaml:"waits"`
	// Reconnect opens a connection for each call. Cookies keeps cookies.
	Reconnect bool `yaml:"reconnect"`
	Cookies   bool `yaml:"cookies"`
	// After is the delay before the first call.
	After   Duration   `yaml:"after"`
	Backend *Backend   `yaml:"backend"`
	TLS     *ClientTLS `yaml:"tls"`
	// ProxyProtocol is the caller's address as a load balancer before the gateway sends it, ahead of the request.
	ProxyProtocol *ProxyProtocol `yaml:"proxyProtocol"`
	Timeout       Duration       `yaml:"timeout"`
	JWT           *JWT           `yaml:"jwt"`
	Expect        Expect         `yaml:"expect"`

	Line int `yaml:"-"`
}

// Backend configures the response of the echo servers to this request.
type Backend struct {
	Status int      `yaml:"status"`
	Delay  Duration `yaml:"delay"`
	// Only limits the behaviour to one workload or pod.
	Only Ref `yaml:"only"`
	// FirstHits limits it to the first attempts of a request.
	FirstHits int `yaml:"firstHits"`
}

// Expect has the expected results. Empty fields are not checked.
type Expect struct {
	Status Statuses `yaml:"status"`
	// Answers is how often each status must have been answered, over all calls.
	Answers map[int]int `yaml:"answers"`
	// OnePod requires that the pod of the first call answers all calls.
	OnePod bool `yaml:"onePod"`
	// Pods is how many pods answered, over all calls.
	Pods int `yaml:"pods"`
	// Unanswered is how many of the calls had no answer of any kind.
	Unanswered *int `yaml:"unanswered"`
	// Shares are parts of all calls with a condition.
	Shares []Share `yaml:"shares"`
	// Connections is how many the first proxy opened, over all calls.
	Connections int `yaml:"connections"`
	// To is the workload or pod that must have answered.
	To Ref `yaml:"to"`
	// Split is the share, in per cent, of each workload or pod.
	Split map[Ref]float64 `yaml:"split"`
	// Via are gateways that each request must have passed.
	Via Refs `yaml:"via"`
	// MTLS demands mutual TLS into the answering pod, with the identities that caller and server have.
	MTLS *bool `yaml:"mtls"`
	// Caller is the identity (namespace/serviceAccount) that the answering pod's proxy saw.
	Caller Ref `yaml:"caller"`
	// Arrives is what the answering application sees.
	Arrives *Arrives `yaml:"arrives"`
	// Response headers that the caller sees.
	Response map[string]string `yaml:"response"`
	// Attempts is the number of requests at all applications for each call, with retries.
	Attempts int `yaml:"attempts"`
	// Hits is the number of requests at each workload or pod for each call, with mirrors.
	Hits map[Ref]int `yaml:"hits"`
	// AllHits is how often each workload or pod was hit, over all calls.
	AllHits map[Ref]int `yaml:"allHits"`
	// Refused means no response: the connection is refused, reset or closed. Or a text of the error.
	Refused Refused `yaml:"refused"`
	// Denied means that no application and no machine receives the request. The caller may get a response of a proxy.
	Denied bool `yaml:"denied"`
	// Took bounds the time to the answer.
	Took *Took `yaml:"took"`
	// Machine is what an outside machine must have seen.
	Machine *Seen `yaml:"machine"`
	// Certificate is a host name that the server's certificate must cover, a wildcard that it must contain, or
	// namespace/name of the Secret that it must be.
	Certificate string `yaml:"certificate"`
	// TLS is what caller and server agreed on.
	TLS *AgreedTLS `yaml:"tls"`
}

// Arrives is the request as the application gets it.
type Arrives struct {
	Path     string             `yaml:"path"`
	Host     string             `yaml:"host"`
	Method   string             `yaml:"method"`
	Protocol string             `yaml:"protocol"`
	Headers  map[string]*string `yaml:"headers"`
	// TLS is the TLS connection that the application terminated.
	TLS *ArrivesTLS `yaml:"tls"`
}

// Took bounds a duration.
type Took struct {
	AtLeast Duration `yaml:"atLeast"`
	AtMost  Duration `yaml:"atMost"`
}

// Seen is what an outside machine reports.
type Seen struct {
	Name string `yaml:"name"`
	TLS  *bool  `yaml:"tls"`
	SNI  string `yaml:"sni"`
	// ClientCertificate is a name in the client's certificate.
	ClientCertificate string `yaml:"clientCertificate"`
	// From is the workload, pod or gateway that opened the connection.
	From Ref `yaml:"from"`
}

// Rollout applies objects one by one while bounded load runs.
type Rollout struct {
	Name string `yaml:"name"`
	// Cluster is the cluster that changes. The default is that of the caller.
	Cluster string     `yaml:"cluster"`
	Load    Load       `yaml:"load"`
	Pause   Duration   `yaml:"pause"`
	Do      []*Change  `yaml:"do"`
	Want    RolloutEnd `yaml:"expect"`
	Line    int        `yaml:"-"`
}

// Load is the request that runs during a rollout.
type Load struct {
	From    Ref               `yaml:"from"`
	Via     Ref               `yaml:"via"`
	URL     Text              `yaml:"url"`
	Headers map[string]string `yaml:"headers"`
	// Rate is requests per second, at most 1000.
	Rate int `yaml:"rate"`
}

// Change is one act of a rollout: objects of a file applied, those of a folder one by one, one object deleted, or a wait.
type Change struct {
	Apply Text `yaml:"apply"`
	// ApplyEach is a folder or a file: its objects are applied one by one, in the order of the files and of the objects in them, each after
	// the pause. Objects without a change are skipped.
	ApplyEach Text     `yaml:"applyEach"`
	Delete    Text     `yaml:"delete"`
	Wait      Duration `yaml:"wait"`
}

// RolloutEnd has the expected results of a rollout.
type RolloutEnd struct {
	// Lost is `0`, `some`, or the greatest number allowed.
	Lost string `yaml:"lost"`
	// AtLeast is the least number of requests that must have run.
	AtLeast int `yaml:"atLeast"`
	// Ends is the workload or pod that must answer every request after the last change.
	Ends Ref `yaml:"ends"`
	// Answered bounds the percentage of responses from a workload.
	Answered []Answered `yaml:"answered"`
}

// Ref names a workload, pod, gateway, client or outside machine: `[cluster:]namespace/name`, or `outside`.
type Ref struct {
	Cluster, Namespace, Name string
	Line                     int
}

// UnmarshalYAML keeps the line for messages.
func (r *Ref) UnmarshalYAML(node *yaml.Node) error {
	var text string
	if err := node.Decode(&text); err != nil {
		return fmt.Errorf("line %d: a reference must be text like namespace/name", node.Line)
	}
	r.Line = node.Line
	return r.parse(text)
}

func (r *Ref) parse(text string) error {
	if cluster, rest, ok := strings.Cut(text, ":"); ok {
		r.Cluster, text = cluster, rest
	}
	if ns, name, ok := strings.Cut(text, "/"); ok {
		r.Namespace, r.Name = ns, name
	} else {
		r.Name = text
	}
	if r.Name == "" {
		return fmt.Errorf("line %d: an empty reference", r.Line)
	}
	return nil
}

// IsOutside reports whether this is the built-in caller outside, or an outside machine.
func (r Ref) IsOutside() bool {
	return (r.Namespace == "" && r.Name == "outside") || r.Namespace == "outside"
}

// IsZero reports whether nothing was given.
func (r Ref) IsZero() bool { return r.Name == "" }

func (r Ref) String() string {
	text := r.Name
	if r.Namespace != "" {
		text = r.Namespace + "/" + text
	}
	if r.Cluster != "" {
		text = r.Cluster + ":" + text
	}
	return text
}

// Refused is `true`, or a text of the caller's error.
type Refused struct {
	Yes bool
	Why string
}

// UnmarshalYAML accepts both.
func (r *Refused) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: refused is `true` or words of the error", node.Line)
	}
	switch node.Value {
	case "true":
		r.Yes = true
	case "false":
	default:
		r.Yes, r.Why = true, node.Value
	}
	return nil
}

// Refs is one reference or a list of them.
type Refs []Ref

// UnmarshalYAML accepts a single one.
func (r *Refs) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.SequenceNode {
		var many []Ref
		if err := node.Decode(&many); err != nil {
			return err
		}
		*r = many
		return nil
	}
	var one Ref
	if err := one.UnmarshalYAML(node); err != nil {
		return err
	}
	*r = Refs{one}
	return nil
}

// Statuses is one accepted status or several.
type Statuses []int

// UnmarshalYAML accepts a single one.
func (s *Statuses) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.SequenceNode {
		var many Statuses
		for _, item := range node.Content {
			one, err := status(item)
			if err != nil {
				return err
			}
			many = append(many, one)
		}
		*s = many
		return nil
	}
	one, err := status(node)
	*s = Statuses{one}
	return err
}

func status(node *yaml.Node) (int, error) {
	var one int
	if err := node.Decode(&one); err != nil || one < 100 || one > 599 {
		return 0, fmt.Errorf("line %d: a status must be a number from 100 to 599, not %q", node.Line, node.Value)
	}
	return one, nil
}

// Text is a string that remembers its line.
type Text struct {
	Value string
	Line  int
}

// UnmarshalYAML keeps the line.
func (t *Text) UnmarshalYAML(node *yaml.Node) error {
	t.Line = node.Line
	return node.Decode(&t.Value)
}

// Duration is written as Go and Istio write it: 100ms, 2s.
type Duration time.Duration

// UnmarshalYAML parses it.
func (d *Duration) UnmarshalYAML(node *yaml.Node) error {
	parsed, err := time.ParseDuration(node.Value)
	if err != nil || parsed < 0 {
		return fmt.Errorf("line %d: %q is no duration such as 100ms or 2s", node.Line, node.Value)
	}
	*d = Duration(parsed)
	return nil
}

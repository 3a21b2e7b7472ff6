// Package controlplane runs istiod's own discovery server on a cluster's state
// and updates that state while proxies are connected.
package controlplane

import (
	"errors"
	"fmt"
	"net"
	"sort"
	"strings"
	"time"

	"google.golang.org/grpc/peer"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	sigsyaml "sigs.k8s.io/yaml"

	meshconfig "istio.io/api/mesh/v1alpha1"
	"istio.io/istio/pilot/test/xds"
	istiocluster "istio.io/istio/pkg/cluster"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/security"
	"istio.io/istio/pkg/test"
	"istio.io/istio/pkg/util/protomarshal"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
)

// Environment must be set before Istio's packages initialise, so the command starts itself again with it.
// Stock Envoy lacks Istio's own filters (metadata exchange) and the contrib ones (mongo).
var Environment = []string{
	"PILOT_ENABLE_METADATA_EXCHANGE=false",
	"PILOT_ENABLE_MONGO_FILTER=false",
	"PILOT_ENABLE_MYSQL_FILTER=false",
	"PILOT_ENABLE_REDIS_FILTER=false",
}

// Options tune a server.
type Options struct {
	// Listen opens the listener for proxies.
	Listen func() (net.Listener, error)
	// Mesh overrides fields of the default mesh config.
	Mesh map[string]any
	// Debounce is istiod's pause before a push: its default of 100 ms matters where objects change in motion.
	Debounce time.Duration
	// IdentityOf is the SPIFFE name of the pod with this address.
	IdentityOf func(address string) string
}

// Server is one cluster's istiod.
type Server struct {
	fake   *xds.FakeDiscoveryServer
	access access
	state  *cluster.State
	stop   chan struct{}
	done   chan error
}

// Start serves the state.
func Start(state *cluster.State, o Options) (*Server, error) {
	meshConfig, err := MeshFor(o.Mesh)
	if err != nil {
		return nil, err
	}
	s := &Server{state: state, stop: make(chan struct{}), done: make(chan error, 1)}
	ready := make(chan struct{})
	go func() {
		s.done <- test.Wrap(func(t test.Failer) {
			s.fake = xds.NewFakeDiscoveryServer(t, xds.FakeOptions{
				DefaultClusterName:         istiocluster.ID(state.Name),
				KubernetesObjectsByCluster: map[istiocluster.ID][]runtime.Object{istiocluster.ID(state.Name): state.Objects},
				Configs:                    state.Configs,
				MeshConfig:                 meshConfig,
				DebounceTime:               o.Debounce,
				ListenerBuilder:            o.Listen,
			})
			s.fake.Discovery.Authenticators = []security.Authenticator{byAddress{o.IdentityOf}}
			s.access.set(state)
			s.access.answer(s.fake.KubeClient().Kube().(*fake.Clientset))
			close(ready)
			<-s.stop
		})
	}()
	select {
	case <-ready:
		return s, nil
	case err := <-s.done:
		return nil, fmt.Errorf("istiod did not start: %w", err)
	case <-time.After(30 * time.Second):
		return nil, errors.New("istiod did not start within 30 s")
	}
}

// Stop ends the server.
func (s *Server) Stop() {
	close(s.stop)
	<-s.done
}

// logFormat is what every proxy writes of every request and connection; dataplane reads it back. A blank before a command
// makes Envoy write text where it would write a number.
const logFormat = `{"id":"%REQ(X-CONFORMANCE-ID)%","start":" %START_TIME(%s.%6f)%","method":"%REQ(:METHOD)%","path":"%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%",` +
	`"authority":"%REQ(:AUTHORITY)%","protocol":"%PROTOCOL%","status":" %RESPONSE_CODE%","flags":"%RESPONSE_FLAGS%","details":"%RESPONSE_CODE_DETAILS%",` +
	`"closed":"%CONNECTION_TERMINATION_DETAILS%","transport":"%UPSTREAM_TRANSPORT_FAILURE_REASON%","cluster":"%UPSTREAM_CLUSTER_RAW%","upstream":"%UPSTREAM_HOST%",` +
	`"upstreamLocal":"%UPSTREAM_LOCAL_ADDRESS%","local":"%DOWNSTREAM_LOCAL_ADDRESS%","remote":"%DOWNSTREAM_REMOTE_ADDRESS%","direct":"%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%",` +
	`"sni":"%REQUESTED_SERVER_NAME%","tls":"%DOWNSTREAM_TLS_VERSION%","downstreamPeer":"%DOWNSTREAM_PEER_URI_SAN%","upstreamTLS":"%UPSTREAM_TLS_VERSION%",` +
	`"upstreamPeer":"%UPSTREAM_PEER_URI_SAN%","route":"%ROUTE_NAME%","chain":"%FILTER_CHAIN_NAME%","attempts":" %UPSTREAM_REQUEST_ATTEMPT_COUNT%","ms":" %DURATION%"}`

// MeshFor is Istio's default mesh config with the fields of a `mesh` section over it, and what the harness itself needs.
func MeshFor(override map[string]any) (*meshconfig.MeshConfig, error) {
	config := mesh.DefaultMeshConfig()
	if len(override) > 0 {
		text, err := sigsyaml.Marshal(override)
		if err != nil {
			return nil, err
		}
		// Istio itself ignores unknown fields; here they are errors.
		if err := protomarshal.ApplyYAMLStrict(string(text), mesh.DefaultMeshConfig()); err != nil {
			return nil, fmt.Errorf("`mesh`: %w", err)
		}
		if config, err = mesh.ApplyMeshConfig(string(text), config); err != nil {
			return nil, fmt.Errorf("`mesh`: %w", err)
		}
	}
	config.AccessLogFile = "/dev/stdout"
	config.AccessLogEncoding = meshconfig.MeshConfig_JSON
	config.AccessLogFormat = logFormat
	return config, nil
}

// byAddress authenticates proxies by the address of their pod, which no one else can have in the run's namespaces.
type byAddress struct{ identityOf func(string) string }

func (byAddress) AuthenticatorType() string { return "address" }

func (a byAddress) Authenticate(ctx security.AuthContext) (*security.Caller, error) {
	p, ok := peer.FromContext(ctx.GrpcContext)
	if !ok {
		return nil, errors.New("no peer")
	}
	host, _, err := net.SplitHostPort(p.Addr.String())
	if err != nil {
		return nil, err
	}
	identity := a.identityOf(host)
	if identity == "" {
		return nil, fmt.Errorf("no pod has address %s", host)
	}
	return &security.Caller{Identities: []string{identity}}, nil
}

// Settled reports whether every one of the proxies has acknowledged all that was sent, and nothing waits to be sent.
func (s *Server) Settled(proxies int) bool {
	d := s.fake.Discovery
	if d.InboundUpdates.Load() != d.CommittedUpdates.Load() {
		return false
	}
	clients := d.Clients()
	if len(clients) < proxies {
		return false
	}
	for _, c := range clients {
		for _, w := range c.Proxy().DeepCloneWatchedResources() {
			if w.NonceSent != w.NonceAcked && w.LastError == "" {
				return false
			}
		}
	}
	return true
}

// Generation counts pushes; a change is under way until it grows.
func (s *Server) Generation() int64 { return s.fake.Discovery.CommittedUpdates.Load() }

// Rejections are configurations that a proxy refused: istiod's side of a NACK.
func (s *Server) Rejections() []string {
	var out []string
	for _, c := range s.fake.Discovery.Clients() {
		for kind, w := range c.Proxy().DeepCloneWatchedResources() {
			if w.LastError != "" {
				out = append(out, fmt.Sprintf("%s refused %s: %s", c.Proxy().ID, kind[strings.LastIndex(kind, ".")+1:], w.LastError))
			}
		}
	}
	sort.Strings(out)
	return out
}

// NamesFor is the name table that istiod sends to the DNS proxy in the pod with this address.
func (s *Server) NamesFor(address string) map[string][]string {
	names := map[string][]string{}
	for _, c := range s.fake.Discovery.Clients() {
		p := c.Proxy()
		if len(p.IPAddresses) == 0 || p.IPAddresses[0] != address {
			continue
		}
		for host, info := range s.fake.ConfigGen.BuildNameTable(p, s.fake.PushContext()).Table {
			names[host] = info.Ips
		}
	}
	return names
}

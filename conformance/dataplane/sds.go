package dataplane

import (
	"context"
	"fmt"
	"net"
	"strings"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	secretservice "github.com/envoyproxy/go-control-plane/envoy/service/secret/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/peer"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/pki"
)

// secrets is the secret discovery service of the agent, for all pods. The address of the caller identifies the pod.
type secrets struct {
	secretservice.UnimplementedSecretDiscoveryServiceServer
	mesh, public *pki.Authority
	// certificateOf is the SPIFFE name in the certificate of the pod with this address.
	certificateOf func(address string) string
	// fileOf is the file of the proxy of the pod with this address at a path.
	fileOf func(address, path string) []byte
}

// serve answers on a listener until the function that it returns is called.
func (s *secrets) serve(l net.Listener) (stop func()) {
	server := grpc.NewServer()
	secretservice.RegisterSecretDiscoveryServiceServer(server, s)
	go func() { _ = server.Serve(l) }()
	return server.Stop
}

func (s *secrets) StreamSecrets(stream secretservice.SecretDiscoveryService_StreamSecretsServer) error {
	for {
		request, err := stream.Recv()
		if err != nil {
			return err
		}
		if request.VersionInfo != "" {
			continue // an acknowledgement: certificates do not change during a run
		}
		response, err := s.answer(stream.Context(), request)
		if err != nil {
			return err
		}
		if err := stream.Send(response); err != nil {
			return err
		}
	}
}

func (s *secrets) FetchSecrets(ctx context.Context, r *discovery.DiscoveryRequest) (*discovery.DiscoveryResponse, error) {
	return s.answer(ctx, r)
}

func (s *secrets) answer(ctx context.Context, r *discovery.DiscoveryRequest) (*discovery.DiscoveryResponse, error) {
	p, _ := peer.FromContext(ctx)
	host, _, err := net.SplitHostPort(p.Addr.String())
	if err != nil {
		return nil, err
	}
	response := &discovery.DiscoveryResponse{TypeUrl: r.TypeUrl, VersionInfo: "1", Nonce: "1"}
	for _, name := range r.ResourceNames {
		secret, err := s.secret(name, host)
		if err != nil {
			return nil, err
		}
		packed, err := anypb.New(secret)
		if err != nil {
			return nil, err
		}
		response.Resources = append(response.Resources, packed)
	}
	return response, nil
}

func (s *secrets) secret(name, address string) (*tlsv3.Secret, error) {
	switch {
	case name == "default":
		identity := s.certificateOf(address)
		if identity == "" {
			return nil, fmt.Errorf("no pod has address %s", address)
		}
		pair, err := s.mesh.Issue(identity)
		if err != nil {
			return nil, err
		}
		return &tlsv3.Secret{Name: name, Type: &tlsv3.Secret_TlsCertificate{TlsCertificate: &tlsv3.TlsCertificate{
			CertificateChain: inline(pair.Cert), PrivateKey: inline(pair.Key),
		}}}, nil
	case name == "ROOTCA":
		return trusting(name, s.mesh.PEM), nil
	case strings.HasPrefix(name, "file-cert:"):
		certificate, key, _ := strings.Cut(strings.TrimPrefix(name, "file-cert:"), "~")
		pair := &tlsv3.TlsCertificate{CertificateChain: inline(s.fileOf(address, certificate)), PrivateKey: inline(s.fileOf(address, key))}
		if len(pair.CertificateChain.GetInlineBytes()) == 0 || len(pair.PrivateKey.GetInlineBytes()) == 0 {
			return nil, fmt.Errorf("the pod with address %s has no files %s", address, name)
		}
		return &tlsv3.Secret{Name: name, Type: &tlsv3.Secret_TlsCertificate{TlsCertificate: pair}}, nil
	case strings.HasPrefix(name, "file-root:"):
		if own := s.fileOf(address, strings.TrimPrefix(name, "file-root:")); len(own) > 0 {
			return trusting(name, own), nil
		}
		// The public authority of the run replaces the system roots.
		return trusting(name, s.public.PEM), nil
	}
	return nil, fmt.Errorf("secret %q is not served here", name)
}

func trusting(name string, pem []byte) *tlsv3.Secret {
	return &tlsv3.Secret{Name: name, Type: &tlsv3.Secret_ValidationContext{ValidationContext: &tlsv3.CertificateValidationContext{TrustedCa: inline(pem)}}}
}

func inline(b []byte) *core.DataSource {
	return &core.DataSource{Specifier: &core.DataSource_InlineBytes{InlineBytes: b}}
}

// Package harness runs all checks of one example.
package harness

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/apiserver"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/cluster"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/controlplane"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/istiocheck"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/scenario"
	"github.com/cdk8s-istio/cdk8s-istio/conformance/tokens"
)

// Example names the input of a run.
type Example struct {
	Name      string
	Manifests string
	Requests  string
	// CRDs are files of definitions that are known without `crds`.
	CRDs []string
}

// member is one cluster of an example.
type member struct {
	name    string
	objects []*manifests.Object
	mesh    map[string]any
	// charts are the objects of Istio's charts, namespaces the namespaces of their releases, refused the releases that cannot be installed.
	charts     []*manifests.Object
	namespaces []string
	refused    []apiserver.Finding
	verdict    *apiserver.Verdict
	state      *cluster.State
	orders     []*ordered
	// ends has, for each job, what ends its pods.
	ends map[string]string
}

// loaded is an example after all checks without traffic.
type loaded struct {
	Example
	file      *scenario.File
	members   []*member
	addresses *cluster.Addresses
	crds      []*manifests.Object
	mint      *tokens.Mint
}

// Mutation changes an example's objects before the checks.
type Mutation func(objects []*manifests.Object) ([]*manifests.Object, error)

// load reads everything; errors are bad input.
func load(e Example, mutate Mutation) (*loaded, error) {
	l := &loaded{Example: e, addresses: cluster.NewAddresses(), mint: &tokens.Mint{}}
	var err error
	if l.file, err = scenario.Read(e.Requests); err != nil {
		return nil, err
	}
	for _, path := range e.CRDs {
		more, err := manifests.ReadFile(path)
		if err != nil {
			return nil, err
		}
		l.crds = append(l.crds, more...)
	}
	for _, path := range l.file.CRDs {
		more, err := manifests.ReadDir(l.file.Beside(path))
		if err != nil {
			return nil, err
		}
		l.crds = append(l.crds, more...)
	}
	parts := l.file.Clusters
	if len(parts) == 0 {
		parts = []scenario.Cluster{{Name: cluster.Sole}}
	}
	for _, c := range parts {
		m := &member{name: c.Name, mesh: merged(l.file.Mesh, c.Mesh)}
		if m.objects, err = manifests.ReadDir(filepath.Join(e.Manifests, c.Manifests)); err != nil {
			return nil, err
		}
		if mutate != nil {
			if m.objects, err = mutate(m.objects); err != nil {
				return nil, err
			}
		}
		if err := m.install(); err != nil {
			return nil, err
		}
		if _, err := controlplane.MeshFor(m.mesh); err != nil {
			return nil, l.file.Bad(1, "%v", err)
		}
		if err := checkContainers(m.objects); err != nil {
			return nil, err
		}
		if err := l.judge(m); err != nil {
			return nil, err
		}
		l.members = append(l.members, m)
	}
	return l, nil
}

func merged(a, b map[string]any) map[string]any {
	out := map[string]any{}
	for _, m := range []map[string]any{a, b} {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}

// judge runs the checks of the API server and builds the cluster from the accepted objects.
func (l *loaded) judge(m *member) error {
	known := append(append([]*manifests.Object{}, m.objects...), m.charts...)
	var err error
	if m.verdict, err = apiserver.Judge(known, l.crds, append(l.worldNamespaces(m.name), m.namespaces...)); err != nil {
		return err
	}
	m.verdict.Findings = append(m.verdict.Findings, m.refused...)
	if m.state, err = l.build(m, m.verdict); err != nil {
		return err
	}
	m.refuse(m.verdict, m.state.Refused)
	m.orders = orders(m.verdict)
	for _, c := range l.file.World.Certificates {
		for _, o := range m.orders {
			if c.Namespace == o.namespace && c.Name == o.secret && (c.Cluster == "" || c.Cluster == m.name) {
				return l.file.Bad(c.Line, "certificate %s/%s: %s of the manifests (%s) is issued into this Secret: take the entry out", c.Namespace, c.Name, o.by.ID(), o.by.Where())
			}
		}
	}
	return nil
}

func (l *loaded) worldNamespaces(clusterName string) []string {
	var names []string
	add := func(where, ns string) {
		if where == "" || where == clusterName {
			names = append(names, ns)
		}
	}
	w := l.file.World
	for _, x := range w.Namespaces {
		add(x.Cluster, x.Name)
	}
	for _, x := range w.Gateways {
		add(x.Cluster, x.Namespace)
	}
	for _, x := range w.Workloads {
		add(x.Cluster, x.Namespace)
	}
	for _, x := range w.Clients {
		add(x.Cluster, x.Namespace)
	}
	return names
}

func (l *loaded) build(m *member, v *apiserver.Verdict) (*cluster.State, error) {
	admission, err := l.admission(m, v)
	if err != nil {
		return nil, err
	}
	state, err := cluster.Build(cluster.Input{
		Admit: admission.admit, Metadata: admission.injector.Metadata,
		Name: m.name, Kubernetes: v.Kubernetes, Custom: v.Custom, World: l.file.World, Addresses: l.addresses,
		Where: func(kind, namespace, name string) string {
			for _, o := range m.objects {
				if o.GetKind() == kind && o.GetName() == name && (o.GetNamespace() == namespace || o.GetNamespace() == "") {
					return o.Where()
				}
			}
			return l.file.Path() + ":1"
		},
	})
	if err == nil {
		err = l.issue(state)
	}
	return state, asBadInput(err)
}

var placed = regexp.MustCompile(`^(.*?):(\d+): (.*)$`)

// asBadInput turns an error that begins with file:line into one.
func asBadInput(err error) error {
	var bad *manifests.BadInput
	if err == nil || errors.As(err, &bad) {
		return err
	}
	if m := placed.FindStringSubmatch(err.Error()); m != nil {
		line, _ := strconv.Atoi(m[2])
		return &manifests.BadInput{File: m[1], Line: line, Message: m[3]}
	}
	return err
}

// templates are where workload kinds keep their pod.
var templates = map[string][]string{
	"Deployment": {"spec", "template", "spec"}, "StatefulSet": {"spec", "template", "spec"}, "DaemonSet": {"spec", "template", "spec"},
	"Job": {"spec", "template", "spec"}, "CronJob": {"spec", "jobTemplate", "spec", "template", "spec"}, "Pod": {"spec"},
}

// checkContainers refuses a workload without containers.
func checkContainers(objects []*manifests.Object) error {
	for _, o := range objects {
		path, ok := templates[o.GetKind()]
		if !ok || (o.Group() != "" && o.Group() != "apps" && o.Group() != "batch") {
			continue
		}
		containers, _, _ := unstructured.NestedSlice(o.Object, append(append([]string{}, path...), "containers")...)
		if len(containers) == 0 {
			at := ""
			for _, p := range path {
				at += "." + p
			}
			return &manifests.BadInput{File: o.File, Line: o.LineOf(at), Message: fmt.Sprintf("%s has no containers", o.ID())}
		}
	}
	return nil
}

// istio runs istioctl for every cluster.
func (l *loaded) istio() ([]istiocheck.Message, error) {
	var all []istiocheck.Message
	for _, m := range l.members {
		own := map[string]bool{}
		for _, o := range m.objects {
			own[o.ID()] = true
		}
		others, err := m.state.OthersYAML(own)
		if err != nil {
			return nil, err
		}
		found, err := istiocheck.Check(m.objects, others, l.file.Allow)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return append(all, istiocheck.Unused(all, l.file.Allow, l.file.Path())...), nil
}

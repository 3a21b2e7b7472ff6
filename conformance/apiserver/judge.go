package apiserver

import (
	"fmt"
	"regexp"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
)

// Finding is one refusal, at the line of the field where that is known.
type Finding struct {
	Object  string `json:"object"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Message string `json:"message"`
}

func (f Finding) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", f.File, f.Line, f.Object, f.Message)
}

// Verdict holds what the API server would store of the objects that it accepts.
type Verdict struct {
	Findings []Finding
	// Kubernetes holds typed, defaulted objects.
	Kubernetes []runtime.Object
	// Custom holds custom resources as they were given.
	Custom []*manifests.Object
	// Judged is the number of all objects.
	Judged int
	// nodePorts are the node ports in use, with the Service of each.
	nodePorts map[int32]string
}

// Judge runs the API server's checks on all objects. others are further existing namespaces.
// Refused objects would not exist, so the verdict does not contain them.
func Judge(objects, crds []*manifests.Object, others []string) (*Verdict, error) {
	for _, o := range objects {
		if o.GetKind() == crdKind {
			crds = append(crds[:len(crds):len(crds)], o) // definitions of the manifests are applied first
		}
	}
	known, err := loadCRDs(crds)
	if err != nil {
		return nil, err
	}
	v := &Verdict{Judged: len(objects), nodePorts: map[int32]string{}}
	namespaces := map[string]bool{"default": true, "kube-system": true, "istio-system": true}
	for _, name := range others {
		namespaces[name] = true
	}
	for _, o := range objects {
		if o.GetKind() == "Namespace" && o.Group() == "" {
			namespaces[o.GetName()] = true
		}
	}
	for _, o := range objects {
		if o.GetKind() == crdKind {
			continue
		}
		if ns := o.GetNamespace(); ns != "" && !namespaces[ns] {
			v.refuse(o, "metadata.namespace", fmt.Sprintf("namespace %q is not among the manifests, nor declared under `world.namespaces`", ns))
			continue
		}
		if err := v.judge(o, known); err != nil {
			return nil, err
		}
	}
	return v, nil
}

func (v *Verdict) judge(o *manifests.Object, known catalogue) error {
	if lazy, ok := known[o.GroupVersionKind()]; ok {
		kind, err := lazy.get()
		if err != nil {
			return err
		}
		errs := kind.judge(o)
		for _, e := range errs {
			v.refuse(o, e.Field, fieldMessage(e))
		}
		if len(errs) == 0 {
			v.Custom = append(v.Custom, o)
		}
		return nil
	}
	typed, messages := judgeKubernetes(o)
	for _, m := range messages {
		v.refuse(o, pathIn(m), m)
	}
	if s, ok := typed.(*corev1.Service); ok && len(messages) == 0 && !v.allocate(o, s) {
		return nil
	}
	if len(messages) == 0 {
		if _, isNamespace := typed.(*corev1.Namespace); !isNamespace && o.GetNamespace() == "" {
			defaultNamespace(typed, o.GetKind())
		}
		v.Kubernetes = append(v.Kubernetes, typed)
	}
	return nil
}

func defaultNamespace(o runtime.Object, kind string) {
	if s, ok := strategiesNamespaced(kind); ok && s {
		if accessor, ok := o.(interface{ SetNamespace(string) }); ok {
			accessor.SetNamespace("default")
		}
	}
}

func strategiesNamespaced(kind string) (namespaced, known bool) {
	for key, s := range strategies {
		if len(key) > len(kind) && key[len(key)-len(kind)-1:] == "/"+kind {
			return s.NamespaceScoped(), true
		}
	}
	return false, false
}

func (v *Verdict) refuse(o *manifests.Object, path, message string) {
	v.Findings = append(v.Findings, Finding{Object: o.ID(), File: o.File, Line: o.LineOf(path), Message: message})
}

func fieldMessage(e *field.Error) string { return e.Field + ": " + e.ErrorBody() }

var quotedPath = regexp.MustCompile(`"((?:spec|metadata|data|status)[^"]*)"|((?:spec|metadata)\.[A-Za-z0-9_.\[\]]+)`)

// pathIn finds the field path in an error text, for its line.
func pathIn(message string) string {
	m := quotedPath.FindStringSubmatch(message)
	if m == nil {
		return ""
	}
	if m[1] != "" {
		return m[1]
	}
	return m[2]
}

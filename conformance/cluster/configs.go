package cluster

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	metav1alpha1 "istio.io/api/meta/v1alpha1"
	networkingapi "istio.io/api/networking/v1alpha3"
	"istio.io/istio/pilot/pkg/config/kube/crd"
	"istio.io/istio/pilot/pkg/networking/serviceentry"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/schema/collections"
	"istio.io/istio/pkg/config/schema/gvk"
	"istio.io/istio/pkg/config/schema/resource"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
)

// configs turns Istio objects into what istiod's store holds.
func (b *builder) configs() error {
	for i, o := range b.Custom {
		kind := o.GroupVersionKind()
		schema, ok := collections.Pilot.FindByGroupVersionAliasesKind(resource.FromKubernetesGVK(&kind))
		if !ok {
			continue // not Istio's: its CRD accepts it, and another controller reads it
		}
		cfg, err := convert(schema, o)
		if err != nil {
			return &manifests.BadInput{File: o.File, Line: o.Line, Message: err.Error()}
		}
		// Istio merges by age; objects of one folder are applied in the order of their files.
		cfg.CreationTimestamp = time.Unix(1_700_000_000+int64(i), 0)
		if cfg.Namespace == "" {
			cfg.Namespace = "default"
		}
		b.allocate(cfg)
		b.state.Configs = append(b.state.Configs, *cfg)
	}
	return nil
}

func convert(schema resource.Schema, o *manifests.Object) (*config.Config, error) {
	text, err := json.Marshal(o.Object)
	if err != nil {
		return nil, err
	}
	kind := &crd.IstioKind{}
	if err := json.Unmarshal(text, kind); err != nil {
		return nil, fmt.Errorf("%s: %v", o.ID(), err)
	}
	cfg, err := crd.ConvertObject(schema, kind, "cluster.local")
	if err != nil {
		return nil, fmt.Errorf("%s: %v", o.ID(), err)
	}
	return cfg, nil
}

// allocate does istiod's IP allocation for ServiceEntries that have no address of their own.
func (b *builder) allocate(cfg *config.Config) {
	spec, ok := cfg.Spec.(*networkingapi.ServiceEntry)
	if cfg.GroupVersionKind != gvk.ServiceEntry || !ok {
		return
	}
	if !serviceentry.ShouldV2AutoAllocateIPFromConfig(*cfg) {
		return
	}
	status := &networkingapi.ServiceEntryStatus{Conditions: []*metav1alpha1.IstioCondition{}}
	for _, host := range spec.Hosts {
		if strings.HasPrefix(host, "*") {
			continue
		}
		status.Addresses = append(status.Addresses, &networkingapi.ServiceEntryAddress{
			Value: b.Addresses.ServiceEntry(b.name, cfg.Namespace+"/"+cfg.Name+"/"+host), Host: host,
		})
	}
	cfg.Status = status
}

// Package apiserver checks manifests with the API server's own code: custom
// resources by structural schema and CEL, Kubernetes' kinds by strict decoding,
// defaulting and the same create strategies that the API server runs.
package apiserver

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"sync"

	istiomanifests "istio.io/istio/manifests"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	structuralpruning "k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	crvalidation "k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
)

// istioCRDs is the folder of CRDs in the Istio module that go.mod pins.
const istioCRDs = "charts/base/files/crd-all.gen.yaml"

const crdKind = "CustomResourceDefinition"

// customKind is one served version of a CRD, ready to judge objects.
type customKind struct {
	namespaced bool
	schema     *structuralschema.Structural
	validator  crvalidation.SchemaValidator
	cel        *cel.Validator
}

type catalogue map[schema.GroupVersionKind]*lazyKind

// lazyKind compiles a CRD at the first object of its kind, because CEL compilation is slow.
type lazyKind struct {
	crd     *apiextensions.CustomResourceDefinition
	version string
	built   *customKind
	err     error
}

// istio holds Istio's own kinds; they are read once, and each is compiled once, however often objects are judged.
var istio = sync.OnceValues(func() (catalogue, error) {
	text, err := fs.ReadFile(istiomanifests.FS, istioCRDs)
	if err != nil {
		return nil, err
	}
	all := catalogue{}
	for _, doc := range strings.Split(string(text), "\n---") {
		if err := all.add([]byte(doc)); err != nil {
			return nil, err
		}
	}
	return all, nil
})

func loadCRDs(more []*manifests.Object) (catalogue, error) {
	known, err := istio()
	if err != nil {
		return nil, err
	}
	all := maps.Clone(known)
	for _, o := range more {
		if o.GetKind() != crdKind {
			return nil, &manifests.BadInput{File: o.File, Line: o.Line, Message: "is no CustomResourceDefinition"}
		}
		kinds, err := definition(o.Text)
		if err != nil {
			return nil, &manifests.BadInput{File: o.File, Line: o.Line, Message: err.Error()}
		}
		maps.Copy(all, kinds)
	}
	return all, nil
}

// definition reads the text of a CRD, once.
func definition(text string) (catalogue, error) {
	if kinds, ok := definitions.Load(text); ok {
		return kinds.(catalogue), nil
	}
	kinds := catalogue{}
	if err := kinds.add([]byte(text)); err != nil {
		return nil, err
	}
	definitions.Store(text, kinds)
	return kinds, nil
}

// definitions are the kinds of further CRDs by their text.
var definitions sync.Map

func (c catalogue) add(doc []byte) error {
	external := &apiextensionsv1.CustomResourceDefinition{}
	if err := sigsyaml.Unmarshal(doc, external); err != nil {
		return err
	}
	if external.Kind != crdKind {
		return nil
	}
	apiextensionsv1.SetDefaults_CustomResourceDefinitionSpec(&external.Spec)
	internal := &apiextensions.CustomResourceDefinition{}
	if err := apiextensionsv1.Convert_v1_CustomResourceDefinition_To_apiextensions_CustomResourceDefinition(external, internal, nil); err != nil {
		return err
	}
	for _, version := range internal.Spec.Versions {
		if version.Served {
			gvk := schema.GroupVersionKind{Group: internal.Spec.Group, Version: version.Name, Kind: internal.Spec.Names.Kind}
			c[gvk] = &lazyKind{crd: internal, version: version.Name}
		}
	}
	return nil
}

func (k *lazyKind) get() (*customKind, error) {
	if k.built == nil && k.err == nil {
		k.built, k.err = k.build()
	}
	return k.built, k.err
}

func (k *lazyKind) build() (*customKind, error) {
	validation, err := apiextensions.GetSchemaForVersion(k.crd, k.version)
	if err != nil || validation == nil {
		return nil, fmt.Errorf("CRD %s has no schema for %s: %v", k.crd.Name, k.version, err)
	}
	structural, err := structuralschema.NewStructural(validation.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	validator, _, err := crvalidation.NewSchemaValidator(validation.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	return &customKind{
		namespaced: k.crd.Spec.Scope == apiextensions.NamespaceScoped,
		schema:     structural,
		validator:  validator,
		cel:        cel.NewValidator(structural, true, celconfig.PerCallLimit),
	}, nil
}

// judge runs the checks of the API server on create: unknown fields, defaults, schema, CEL, metadata.
func (k *customKind) judge(o *manifests.Object) field.ErrorList {
	content := runtime.DeepCopyJSON(o.Object)
	var errs field.ErrorList
	pruned := structuralpruning.PruneWithOptions(content, k.schema, true, structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	for _, path := range pruned {
		errs = append(errs, field.Forbidden(field.NewPath(path), "unknown field"))
	}
	defaulting.PruneNonNullableNullsWithoutDefaults(content, k.schema)
	defaulting.Default(content, k.schema)
	copied := o.DeepCopy()
	copied.Object = content
	errs = append(errs, apivalidation.ValidateObjectMetaAccessor(copied, k.namespaced, apivalidation.NameIsDNSSubdomain, field.NewPath("metadata"))...)
	errs = append(errs, crvalidation.ValidateCustomResource(nil, content, k.validator)...)
	if k.cel != nil {
		celErrs, _ := k.cel.Validate(context.Background(), nil, k.schema, content, nil, celconfig.RuntimeCELCostBudget)
		errs = append(errs, celErrs...)
	}
	return errs
}

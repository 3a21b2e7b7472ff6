package apiserver

import (
	"strings"
	"testing"
)

const own = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Thing, plural: things, singular: thing}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, properties: {size: {type: integer, maximum: 3}}}
---
apiVersion: example.com/v1
kind: Thing
metadata: {name: t, namespace: x}
spec: {size: 4}
`

func TestDefinitionsAmongTheManifestsCount(t *testing.T) {
	v := judge(t, own)
	if len(v.Findings) != 1 || !strings.Contains(v.Findings[0].Message, "spec.size") {
		t.Errorf("findings: %v", v.Findings)
	}
	if v := judge(t, strings.Replace(own, "size: 4", "size: 3", 1)); len(v.Findings) != 0 || len(v.Custom) != 1 {
		t.Errorf("findings: %v", v.Findings)
	}
}

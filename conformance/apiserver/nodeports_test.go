package apiserver

import (
	"strings"
	"testing"
)

func nodePort(name, ports string) string {
	return "---\napiVersion: v1\nkind: Service\nmetadata: {name: " + name + ", namespace: x}\nspec:\n  type: NodePort\n  ports:\n" + ports
}

func TestNodePortsAreAllocated(t *testing.T) {
	first := nodePort("a", "    - {name: a, port: 80, nodePort: 30080}\n    - {name: b, port: 80, protocol: UDP, nodePort: 30080}\n")
	for name, c := range map[string]struct {
		text, want string
		stored     int
	}{
		"both fit":      {first + nodePort("b", "    - {port: 80, nodePort: 30081}\n"), "", 2},
		"not asked for": {nodePort("a", "    - {port: 80}\n") + nodePort("b", "    - {port: 80}\n"), "", 2},
		"allocated":     {first + nodePort("b", "    - {port: 80, nodePort: 30080}\n"), "f.yaml:17: Service/x/b: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated (to Service/x/a)", 1},
		"too low":       {nodePort("a", "    - port: 80\n      nodePort: 8080\n"), "f.yaml:9: Service/x/a: spec.ports[0].nodePort: Invalid value: 8080: provided port is not in the valid range. The range of valid ports is 30000-32767", 0},
		"too high":      {nodePort("a", "    - {port: 80, nodePort: 32768}\n"), "provided port is not in the valid range", 0},
		"refused ones hold nothing": {nodePort("a", "    - {name: a, port: 80, nodePort: 30080}\n    - {name: b, port: 81, nodePort: 1}\n") +
			nodePort("b", "    - {port: 80, nodePort: 30080}\n"), "Service/x/a: spec.ports[1].nodePort", 1},
	} {
		v := judge(t, c.text)
		got := ""
		for _, f := range v.Findings {
			got += f.String()
		}
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
		if len(v.Kubernetes) != c.stored {
			t.Errorf("%s: %d are stored, not %d", name, len(v.Kubernetes), c.stored)
		}
	}
}

package mutants

import (
	"os"
	"strings"
	"testing"
)

// The table in the documentation is written by the mutants: this test prints what it must be.
func TestDocumentationHasTheTable(t *testing.T) {
	text, err := os.ReadFile("../../docs/conformance.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := Table(); !strings.Contains(string(text), want) {
		t.Errorf("docs/conformance.md does not hold this table:\n%s", want)
	}
}

func TestStagesAreWithoutWords(t *testing.T) {
	for caught, want := range map[string]string{
		"traffic": "traffic", "istioctl, traffic (404 NR)": "istioctl, traffic", "API server (CEL), istioctl, traffic": "API server, istioctl, traffic",
		"traffic: a caller is accepted": "traffic",
	} {
		if got := (&Mutant{Caught: caught}).Stages(); got != want {
			t.Errorf("%s: %s", caught, got)
		}
	}
}

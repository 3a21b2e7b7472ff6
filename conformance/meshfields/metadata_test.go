package meshfields

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"istio.io/api/annotation"
	"istio.io/api/label"
)

// metadataFile has the effect of every annotation and label of Istio on constructs.
const metadataFile = "../../src/services/pods/istio-metadata.ts"

func TestEveryAnnotationAndLabelIsClassified(t *testing.T) {
	text, err := os.ReadFile(metadataFile)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, each := range annotation.AllResourceAnnotations() {
		want = append(want, each.Name)
	}
	for _, each := range label.AllResourceLabels() {
		want = append(want, each.Name)
	}
	var got []string
	for _, match := range regexp.MustCompile(`(?m)^  '([^']+)': '`).FindAllSubmatch(text, -1) {
		got = append(got, string(match[1]))
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("%s has\n%q\nand istio.io/api\n%q", metadataFile, got, want)
	}
}

package meshfields

import (
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write the table")

func TestTheTableIsOfThePinnedRelease(t *testing.T) {
	if *update {
		if err := os.WriteFile(File, []byte(Table()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile(File)
	if err != nil {
		t.Fatal(err)
	}
	if string(committed) != Table() {
		t.Errorf("%s is not what istio.io/api says: go test ./meshfields -update", File)
	}
}

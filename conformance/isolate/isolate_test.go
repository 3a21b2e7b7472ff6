package isolate

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWhatIsMissingIsSaid(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	var missing *Missing
	if err := Check("/no/envoy"); !errors.As(err, &missing) {
		t.Errorf("without iptables: %v", err)
	}
	if os.Geteuid() != 0 {
		return // Check says first that root is missing
	}
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "iptables-restore"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	other, envoy := filepath.Join(bin, "other"), filepath.Join(bin, "envoy")
	for file, text := range map[string]string{other: "#!/bin/sh\n", envoy: "#!/bin/sh\necho envoy version: 1\n"} {
		if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"", "/no/envoy", other} {
		if err := Check(path); !errors.As(err, &missing) {
			t.Errorf("Envoy %q: %v", path, err)
		}
	}
	if err := Check(other); err == nil || !strings.HasSuffix(err.Error(), "other is no Envoy: it does not say its version when it is asked for `--version`") {
		t.Errorf("another program: %v", err)
	}
	if err := Check(envoy); err != nil {
		t.Errorf("nothing is missing, but: %v", err)
	}
}

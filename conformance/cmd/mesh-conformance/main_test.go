package main

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
)

func TestReportsHaveNamesOfTheirOwn(t *testing.T) {
	names := map[string]bool{}
	for _, f := range []*flags{
		{manifests: "/a/one/manifests", requests: "/a/requests.yaml"},
		{manifests: "/a/two/manifests", requests: "/a/requests.yaml"},
		{manifests: "/b/one/manifests", requests: "/a/requests.yaml"},
		{manifests: "/a/one/manifests", requests: "/a/others.yaml"},
		{manifests: "/", requests: "/a/requests.yaml"},
	} {
		name, err := reportName(f)
		if err != nil || names[name] || strings.Contains(name, "/") {
			t.Errorf("%+v: %q, %v", f, name, err)
		}
		names[name] = true
		if again, _ := reportName(f); again != name {
			t.Errorf("%q becomes %q", name, again)
		}
	}
	if name, _ := reportName(&flags{manifests: "/a/one/manifests/", requests: "r.yaml"}); !regexp.MustCompile(`^one-manifests-[0-9a-f]{8}$`).MatchString(name) {
		t.Errorf("%q", name)
	}
	if name, err := reportName(&flags{name: "mine"}); name != "mine" || err != nil {
		t.Errorf("%q, %v", name, err)
	}
	var bad *manifests.BadInput
	if _, err := reportName(&flags{name: "../mine"}); !errors.As(err, &bad) {
		t.Errorf("a path as a name: %v", err)
	}
}

func TestUnknownExampleIsAnsweredWithThoseThereAre(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b", "a"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name, "requests.yaml"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for what, run := range map[string]func() (int, error){
		"examples": func() (int, error) { return runExamples(&flags{dir: dir, args: []string{"nope"}}) },
		"mutants":  func() (int, error) { return runMutants(&flags{dir: dir, example: "nope"}) },
	} {
		var bad *manifests.BadInput
		if _, err := run(); !errors.As(err, &bad) || bad.Message != `no example "nope"; there are: a, b` {
			t.Errorf("%s: %v", what, err)
		}
	}
}

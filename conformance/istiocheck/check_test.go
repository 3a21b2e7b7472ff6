package istiocheck

import (
	"strings"
	"testing"
)

func TestAllowancesThatMatchNothingAreNamed(t *testing.T) {
	found := []Message{{Code: "IST0129", Object: "DestinationRule/query/bank"}, {Code: "validate", Object: "Service/foo/web"}}
	allowed := []Allowance{
		{Code: "IST0129", Object: "DestinationRule/query/*", Reason: "r", Line: 2},
		{Code: "validate", Reason: "r", Line: 3},
		{Code: "IST0101", Object: "Gateway/a/b", Reason: "r", Line: 4},
		{Code: "validate", Object: "Service/foo/other", Reason: "r", Line: 5},
	}
	unused := Unused(found, allowed, "requests.yaml")
	if len(unused) != 2 {
		t.Fatalf("unused: %v", unused)
	}
	for i, want := range []string{"requests.yaml:4: Error [allow]  `allow` lists IST0101 for Gateway/a/b", "requests.yaml:5: Error [allow]  `allow` lists validate for Service/foo/other"} {
		if got := unused[i].String(); !strings.HasPrefix(got, want) || strings.Contains(got, "\n") {
			t.Errorf("got %q, want %q", got, want)
		}
		if unused[i].Allowed != "" {
			t.Error("an unused entry does not fail")
		}
	}
}

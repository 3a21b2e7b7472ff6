package traffic

import "testing"

func TestReasonsThatAreLostAreAskedForAgain(t *testing.T) {
	const reset, why = "read tcp 10.0.0.1:1->10.0.0.2:2: connection reset by peer", "remote error: tls: certificate required"
	for name, c := range map[string]struct {
		wanted bool
		says   []string
		want   string
		calls  int
	}{
		"at once":     {true, []string{why}, why, 1},
		"in the end":  {true, []string{reset, "write: broken pipe", why}, why, 3},
		"never":       {true, []string{reset, reset, reset, reset, reset, why}, reset, reasons},
		"an answer":   {true, []string{""}, "", 1},
		"not asked":   {false, []string{reset, why}, reset, 1},
		"other words": {true, []string{"connection refused", why}, "connection refused", 1},
	} {
		calls := 0
		o := forReason(c.wanted, func() *Observation {
			calls++
			return &Observation{Error: c.says[calls-1]}
		})
		if o.Error != c.want || calls != c.calls {
			t.Errorf("%s: %q after %d calls", name, o.Error, calls)
		}
	}
}

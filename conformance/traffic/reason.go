package traffic

import "strings"

// reasons is the number of calls to get the reason of a refusal.
const reasons = 5

// lost reports whether a server's words may have been lost: it resets the connection behind its last message, and a caller that writes
// at that moment gets the reset first.
func lost(problem string) bool {
	return strings.HasSuffix(problem, "broken pipe") || strings.HasSuffix(problem, "connection reset by peer")
}

// callForReason makes one call. If the reason of a refusal is expected, it repeats the call while the message is lost.
func (c *caller) callForReason() *Observation {
	return forReason(c.reason, c.call)
}

func forReason(wanted bool, call func() *Observation) *Observation {
	o := call()
	for i := 1; wanted && i < reasons && lost(o.Error); i++ {
		o = call()
	}
	return o
}

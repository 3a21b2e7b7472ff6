package traffic

import "strings"

// reasons is how often a call is made to learn why it is refused.
const reasons = 5

// lost says whether a server's words may have been lost: it resets the connection behind its last message, and a caller that writes
// meanwhile meets the reset first.
func lost(problem string) bool {
	return strings.HasSuffix(problem, "broken pipe") || strings.HasSuffix(problem, "connection reset by peer")
}

// callForReason makes one call, and where it is to be told why it is refused, makes it again as long as the words were lost.
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

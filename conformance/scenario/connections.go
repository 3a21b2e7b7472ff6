package scenario

import "time"

// mostLines bounds what is sent on one connection.
const mostLines = 100

// speaksLines reports whether the caller sends lines, and no requests.
func (r *Request) speaksLines() bool {
	for _, scheme := range []string{"tcp:", "tls:"} {
		if len(r.URL.Value) > len(scheme) && r.URL.Value[:len(scheme)] == scheme {
			return true
		}
	}
	return false
}

// checkConnections refuses what callers of this kind cannot do.
func (f *File) checkConnections(r *Request) error {
	if time.Duration(r.Every) > longestPause {
		return f.Bad(r.Line, "request %q: every is at most %s", r.Name, longestPause)
	}
	if r.Lines < 0 || r.Lines > mostLines {
		return f.Bad(r.Line, "request %q: lines must be between 1 and %d", r.Name, mostLines)
	}
	lines := r.speaksLines()
	if lines && (r.Reconnect || r.Cookies || r.Expect.Connections != 0) {
		return f.Bad(r.Line, "request %q: `reconnect`, `cookies` and `connections` are for requests: each call of plain TCP has a connection of its own", r.Name)
	}
	if !lines && r.Lines != 0 {
		return f.Bad(r.Line, "request %q: `lines` are sent on connections of plain TCP", r.Name)
	}
	if !lines && r.Waits {
		return f.Bad(r.Line, "request %q: who `waits` for the server to speak does so on connections of plain TCP", r.Name)
	}
	e := r.Expect
	if e.Unanswered != nil && (e.Refused.Yes || len(e.Status) > 0 || *e.Unanswered < 0 || *e.Unanswered > max(r.Count, 1)) {
		return f.Bad(r.Line, "request %q: `unanswered` says how many of the calls have no answer, so `status` and `refused` do not", r.Name)
	}
	if e.Pods < 0 || (e.Pods != 0 && e.OnePod) {
		return f.Bad(r.Line, "request %q: `pods` is a number of pods, and says what `onePod` says", r.Name)
	}
	return nil
}

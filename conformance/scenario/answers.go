package scenario

import "time"

// longestPause bounds the wait before a request.
const longestPause = time.Minute

// checkAnswers refuses counts by status that no run can produce.
func (f *File) checkAnswers(r *Request) error {
	if len(r.Expect.Answers) == 0 {
		return nil
	}
	if len(r.Expect.Status) > 0 || r.Expect.Refused.Yes {
		return f.Bad(r.Line, "request %q: `answers` says which statuses, so `status` and `refused` do not", r.Name)
	}
	total := 0
	for status, n := range r.Expect.Answers {
		if status < 100 || status > 599 || n < 0 {
			return f.Bad(r.Line, "request %q: `answers` is for numbers of statuses from 100 to 599", r.Name)
		}
		total += n
	}
	if total != max(r.Count, 1) {
		return f.Bad(r.Line, "request %q: `answers` adds up to %d, and there are %d calls", r.Name, total, max(r.Count, 1))
	}
	return nil
}

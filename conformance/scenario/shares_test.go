package scenario

import (
	"strings"
	"testing"
)

func TestWhatCannotBeCounted(t *testing.T) {
	for name, c := range map[string]struct{ url, request, want string }{
		"a share":                     {"http://b/", "expect: { shares: [{ percent: 20, status: 503 }] }", ""},
		"a share of all":              {"http://b/", "expect: { shares: [{ percent: 100, status: 503 }] }", "needs no statistics"},
		"a share of nothing":          {"http://b/", "expect: { shares: [{ percent: 20 }] }", "of which calls it is"},
		"a share with a wrong status": {"http://b/", "expect: { shares: [{ percent: 20, status: 5 }] }", "from 100 to 599"},
		"lines":                       {"tcp://b:1/", "lines: 2, every: 1s, expect: { unanswered: 1 }", ""},
		"lines of requests":           {"http://b/", "lines: 2, expect: { status: 200 }", "connections of plain TCP"},
		"too many lines":              {"tcp://b:1/", "lines: 101, expect: { unanswered: 1 }", "between 1 and 100"},
		"cookies of TCP":              {"tls://b:1/", "cookies: true, expect: { to: x/b }", "are for requests"},
		"more unanswered than sent":   {"tcp://b:1/", "count: 2, expect: { unanswered: 3 }", "how many of the calls"},
		"one pod of two":              {"http://b/", "expect: { status: 200, pods: 2, onePod: true }", "says what `onePod` says"},
		"a long wait":                 {"http://b/", "every: 2m, expect: { status: 200 }", "at most 1m0s"},
	} {
		_, err := Parse("requests.yaml", []byte("version: 1\nrequests: [{ name: r, from: x/a, url: \""+c.url+"\", "+c.request+" }]\n"))
		if (c.want == "") != (err == nil) || (err != nil && !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

func TestWhatCannotBeAnswered(t *testing.T) {
	for answered, want := range map[string]string{
		"{ by: x/b, atLeast: 1, atMost: 20 }":  "",
		"{ atMost: 20 }":                       "says `by` whom",
		"{ by: x/b, atLeast: 30, atMost: 20 }": "says `by` whom",
		"{ by: x/b, atMost: 120 }":             "says `by` whom",
	} {
		_, err := Parse("requests.yaml", []byte("version: 1\nsteps: [{ name: s, load: { from: x/a, url: \"http://b/\", rate: 10 }, do: [{ wait: 1s }], expect: { lost: 0, answered: ["+answered+"] } }]\n"))
		if (want == "") != (err == nil) || (err != nil && !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %v, want %q", answered, err, want)
		}
	}
}

func TestWhatCannotEndAJob(t *testing.T) {
	for job, want := range map[string]string{
		"{ job: a/b, ends: native sidecar }": "",
		"{ job: a/b, ends: somehow }":        "native sidecar, deadline or no sidecar",
		"{ ends: deadline }":                 "names a job",
	} {
		_, err := Parse("requests.yaml", []byte("version: 1\njobs: ["+job+"]\nrequests: [{ name: r, from: x/a, url: \"http://b/\", expect: { status: 200 } }]\n"))
		if (want == "") != (err == nil) || (err != nil && !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %v, want %q", job, err, want)
		}
	}
}

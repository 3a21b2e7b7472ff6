package scenario

import (
	"strings"
	"testing"
)

const head = "version: 1\nrequests:\n  - name: a\n    from: x/y\n    url: http://z/\n"

func TestReferencesAreRead(t *testing.T) {
	f, err := Parse("r.yaml", []byte("version: 1\nrequests:\n  - name: a\n    from: west:x/y\n    url: http://z/\n    expect: { status: [200, 204], via: g/w, split: { x/b: 30, x/c: 70 } }\n"))
	if err != nil {
		t.Fatal(err)
	}
	q := f.Requests[0]
	if q.From.Cluster != "west" || q.From.Namespace != "x" || q.From.Name != "y" || q.From.Line != 4 || q.Line != 3 {
		t.Errorf("%+v", q.From)
	}
	if len(q.Expect.Status) != 2 || q.Expect.Via[0].String() != "g/w" || len(q.Expect.Split) != 2 {
		t.Errorf("%+v", q.Expect)
	}
}

func TestMistakesHaveALine(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":            {"", "r.yaml:1: is empty"},
		"status":           {head + "    expect: { status: good }\n", "r.yaml:6: a status must be a number from 100 to 599"},
		"great status":     {head + "    expect: { status: 2000 }\n", `r.yaml:6: a status must be a number from 100 to 599, not "2000"`},
		"small status":     {head + "    expect:\n      status:\n        - 200\n        - 99\n", "r.yaml:9: a status must be a number from 100 to 599"},
		"second document":  {head + "    expect: { status: 200 }\n---\nrequests: []\n", "r.yaml:7: a second YAML document"},
		"second, broken":   {head + "    expect: { status: 200 }\n---\na: [\n", "r.yaml:"},
		"no map":           {"some words\n", "r.yaml:1: a map with `version` and `requests` was expected here, not text `some words`"},
		"no list":          {"version: 1\nrequests: {a: b}\n", "r.yaml:2: a list was expected here, not a map"},
		"no number":        {head + "    count: many\n    expect: { status: 200 }\n", "r.yaml:6: a whole number was expected here, not text `many`"},
		"no request":       {"version: 1\nrequests: [some words]\n", "r.yaml:2: a map was expected here, not text"},
		"tls, no port":     {strings.Replace(head, "http:", "tls:", 1) + "    expect: { to: x/y }\n", `r.yaml:5: request "a": "tls://z/" needs a port`},
		"tcp, no port":     {strings.Replace(head, "http:", "tcp:", 1) + "    expect: { to: x/y }\n", `r.yaml:5: request "a": "tcp://z/" needs a port`},
		"load, no port":    {head + "    expect: { status: 200 }\nsteps:\n  - name: s\n    load: { from: x/y, url: 'tls://z', rate: 5 }\n    do: [{ wait: 1s }]\n    expect: { lost: '0' }\n", `r.yaml:9: steps "s": "tls://z" needs a port`},
		"duration":         {head + "    timeout: soon\n    expect: { status: 200 }\n", `r.yaml:6: "soon" is no duration`},
		"scheme":           {strings.Replace(head, "http:", "ftp:", 1) + "    expect: { status: 200 }\n", `r.yaml:5: request "a": scheme "ftp"`},
		"deep field":       {head + "    expect:\n      arrives:\n        paths: /x\n", `r.yaml:8: unknown field "paths" (in arrives)`},
		"refused and 200":  {head + "    expect: { refused: true, status: 200 }\n", "r.yaml:3: request \"a\": `refused` means no answer at all"},
		"no reason":        {"allow: [{ code: IST0101 }]\n" + head + "    expect: { status: 200 }\n", "r.yaml:1: `allow` needs a code and a reason"},
		"one address":      {head + "    expect: { status: 200 }\nworld:\n  outside:\n    - { name: a, address: 1.2.3.4 }\n    - { name: b, address: 1.2.3.4 }\n", `r.yaml:10: outside machines "a" and "b" have one address`},
		"no address":       {head + "    expect: { status: 200 }\nworld:\n  outside:\n    - { name: a, address: here }\n", `r.yaml:9: outside machine "a": "here" is no IP address`},
		"load rate":        {head + "    expect: { status: 200 }\nsteps:\n  - name: s\n    load: { from: x/y, url: 'http://z/', rate: 5000 }\n    do: [{ wait: 1s }]\n    expect: { lost: '0' }\n", `r.yaml:8: steps "s": the load's rate`},
		"too many at once": {head + "    parallel: 500\n    expect: { status: 200 }\n", `r.yaml:3: request "a": parallel must be between 1 and 200`},
		"too long":         {head + "    after: 2m\n    expect: { status: 200 }\n", `r.yaml:3: request "a": after is at most 1m0s`},
		"answers":          {head + "    count: 5\n    expect: { answers: { 200: 3, 503: 1 } }\n", "r.yaml:3: request \"a\": `answers` adds up to 4, and there are 5 calls"},
		"answers twice":    {head + "    expect: { status: 200, answers: { 200: 1 } }\n", "r.yaml:3: request \"a\": `answers` says which statuses"},
		"no answer":        {head + "    expect: { answers: { 20: 1 } }\n", "r.yaml:3: request \"a\": `answers` is for numbers of statuses"},
		"two acts":         {head + "    expect: { status: 200 }\nsteps:\n  - name: s\n    load: { from: x/y, url: 'http://z/', rate: 5 }\n    do: [{ wait: 1s, delete: a/b/c }]\n    expect: { lost: '0' }\n", `r.yaml:8: steps "s": each thing to do is one of`},
	} {
		_, err := Parse("r.yaml", []byte(c.text))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q…", name, err, c.want)
		}
	}
}

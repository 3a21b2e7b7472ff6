package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
)

// Read reads and checks a requests.yaml, as far as that is possible without the manifests.
func Read(path string) (*File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, &manifests.BadInput{File: path, Message: "cannot be read: " + err.Error()}
	}
	return Parse(path, text)
}

// Parse is Read on text.
func Parse(path string, text []byte) (*File, error) {
	f := &File{path: path}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(f); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, f.Bad(1, "is empty")
		}
		return nil, f.fromYAML(err)
	}
	var second yaml.Node
	switch err := decoder.Decode(&second); {
	case err == nil:
		return nil, f.Bad(second.Line, "a second YAML document: the file must be one")
	case !errors.Is(err, io.EOF):
		return nil, f.fromYAML(err)
	}
	f.takeLines(text)
	return f, f.check()
}

// Bad is a message about a line of this file.
func (f *File) Bad(line int, format string, args ...any) error {
	return &manifests.BadInput{File: f.path, Line: line, Message: fmt.Sprintf(format, args...)}
}

// Beside is a path relative to the file's folder.
func (f *File) Beside(name string) string { return filepath.Join(filepath.Dir(f.path), name) }

// Path is the file's own.
func (f *File) Path() string { return f.path }

var (
	yamlLine     = regexp.MustCompile(`line (\d+): (.*)`)
	unknownField = regexp.MustCompile(`field (\S+) not found in type \S+\.(\S+)`)
	wrongKind    = regexp.MustCompile("cannot unmarshal !!(\\w+)( `[^`]*`)? into (\\S+)")
)

func (f *File) fromYAML(err error) error {
	var typed *yaml.TypeError
	message := err.Error()
	if errors.As(err, &typed) && len(typed.Errors) > 0 {
		message = typed.Errors[0]
	}
	m := yamlLine.FindStringSubmatch(message)
	if m == nil {
		return f.Bad(1, "%s", message)
	}
	line, _ := strconv.Atoi(m[1])
	if u := unknownField.FindStringSubmatch(m[2]); u != nil {
		return f.Bad(line, "unknown field %q (in %s)", u[1], strings.ToLower(u[2]))
	}
	if w := wrongKind.FindStringSubmatch(m[2]); w != nil {
		return f.Bad(line, "%s was expected here, not %s%s", wanted(w[3]), given(w[1]), w[2])
	}
	return f.Bad(line, "%s", m[2])
}

// wanted names the YAML form of a Go type.
func wanted(goType string) string {
	goType = strings.TrimLeft(goType, "*")
	switch {
	case goType == "scenario.File":
		return "a map with `version` and `requests`"
	case goType == "string":
		return "text"
	case goType == "bool":
		return "true or false"
	case strings.HasPrefix(goType, "int"):
		return "a whole number"
	case strings.HasPrefix(goType, "float"):
		return "a number"
	case strings.HasPrefix(goType, "[]"):
		return "a list"
	}
	return "a map"
}

// given names the meaning of a YAML tag.
func given(tag string) string {
	switch tag {
	case "str":
		return "text"
	case "seq":
		return "a list"
	case "map":
		return "a map"
	case "bool":
		return "a truth value"
	case "int", "float":
		return "a number"
	case "null":
		return "nothing"
	}
	return "a value of kind " + tag
}

// takeLines remembers where each request begins: the decoder itself forgets.
func (f *File) takeLines(text []byte) {
	var root yaml.Node
	if yaml.Unmarshal(text, &root) != nil || len(root.Content) == 0 {
		return
	}
	top := root.Content[0]
	for i := 0; i+1 < len(top.Content); i += 2 {
		list := top.Content[i+1]
		if list.Alias != nil {
			list = list.Alias
		}
		items := list.Content
		switch top.Content[i].Value {
		case "requests":
			for j, r := range f.Requests {
				if r != nil {
					r.Line = items[j].Line
				}
			}
		case "allow":
			for j := range f.Allow {
				f.Allow[j].Line = items[j].Line
			}
		case "pairs":
			for j, p := range f.Pairs {
				if p != nil {
					p.Line = items[j].Line
				}
			}
		case "steps":
			for j, r := range f.Steps {
				if r != nil {
					r.Line = items[j].Line
				}
			}
		case "world":
			f.takeWorldLines(list)
		}
	}
}

func (f *File) takeWorldLines(world *yaml.Node) {
	for i := 0; i+1 < len(world.Content); i += 2 {
		items := world.Content[i+1].Content
		switch world.Content[i].Value {
		case "outside":
			for j := range f.World.Outside {
				f.World.Outside[j].line = items[j].Line
			}
		case "certificates":
			for j := range f.World.Certificates {
				f.World.Certificates[j].Line = items[j].Line
			}
		}
	}
}

func (f *File) check() error {
	if f.Version != Version {
		return f.Bad(1, "`version: %d` is needed, got %d", Version, f.Version)
	}
	if len(f.Requests) == 0 && len(f.Steps) == 0 && len(f.Pairs) == 0 {
		return f.Bad(1, "has no requests")
	}
	for _, a := range f.Allow {
		if a.Code == "" || a.Reason == "" {
			return f.Bad(a.Line, "`allow` needs a code and a reason for each message")
		}
	}
	names := map[string]int{}
	for i, r := range f.Requests {
		if r == nil {
			return f.Bad(1, "request %d is empty", i+1)
		}
		if before, ok := names[r.Name]; ok || r.Name == "" {
			return f.Bad(r.Line, "a request needs a name of its own (%q, line %d)", r.Name, before)
		}
		names[r.Name] = r.Line
		if err := f.checkRequest(r); err != nil {
			return err
		}
	}
	addresses := map[string]string{}
	for _, m := range f.World.Outside {
		if net.ParseIP(m.Address) == nil {
			return f.Bad(m.line, "outside machine %q: %q is no IP address", m.Name, m.Address)
		}
		if before, ok := addresses[m.Address]; ok {
			return f.Bad(m.line, "outside machines %q and %q have one address, %s", before, m.Name, m.Address)
		}
		addresses[m.Address] = m.Name
		for _, p := range m.Ports {
			if p.Speaks != "" && p.Speaks != "any" && p.Speaks != "tls" {
				return f.Bad(m.line, "outside machine %q: speaks must be any or tls, not %q", m.Name, p.Speaks)
			}
		}
	}
	if err := f.checkTLS(); err != nil {
		return err
	}
	if err := f.checkPairs(); err != nil {
		return err
	}
	if err := f.checkJobs(); err != nil {
		return err
	}
	return f.checkSteps()
}

func (f *File) checkTLS() error {
	for _, c := range f.World.Certificates {
		if len(c.Hosts) == 0 && !c.ClientCA {
			return f.Bad(c.Line, "certificate %s/%s: give it hosts, clientCA, or both", c.Namespace, c.Name)
		}
		if c.Key != "" && c.Key != "ecdsa" && c.Key != "rsa" {
			return f.Bad(c.Line, "certificate %s/%s: key must be ecdsa or rsa, not %q", c.Namespace, c.Name, c.Key)
		}
	}
	for _, s := range f.World.SpeaksFirst {
		if s.Port < 1 || s.Port > 65535 {
			return f.Bad(s.Workload.Line, "speaksFirst: %q needs a port", s.Workload)
		}
	}
	for _, s := range f.World.SpeaksTLS {
		if s.Port < 1 || s.Port > 65535 {
			return f.Bad(s.Workload.Line, "speaksTls: %q needs a port", s.Workload)
		}
		if s.ClientCertificate != "" && s.ClientCertificate != "required" {
			return f.Bad(s.Workload.Line, "speaksTls: clientCertificate of %q must be `required` or nothing, not %q", s.Workload, s.ClientCertificate)
		}
	}
	return nil
}

func (f *File) checkRequest(r *Request) error {
	if r.From.IsZero() {
		return f.Bad(r.Line, "request %q does not say `from` whom it comes", r.Name)
	}
	if err := f.checkURL(fmt.Sprintf("request %q", r.Name), r.URL, r.Line); err != nil {
		return err
	}
	if r.Count < 0 || r.Count > 20000 {
		return f.Bad(r.Line, "request %q: count must be between 1 and 20000", r.Name)
	}
	if r.Parallel < 0 || r.Parallel > 200 {
		return f.Bad(r.Line, "request %q: parallel must be between 1 and 200", r.Name)
	}
	if time.Duration(r.After) > longestPause {
		return f.Bad(r.Line, "request %q: after is at most %s", r.Name, longestPause)
	}
	e := r.Expect
	if !e.Refused.Yes && !e.Denied && len(e.Status) == 0 && e.To.IsZero() && len(e.Split) == 0 && len(e.Answers) == 0 && len(e.Shares) == 0 && e.Unanswered == nil {
		return f.Bad(r.Line, "request %q expects nothing: give a status, `to`, a split, `answers`, `shares`, `unanswered`, `denied` or `refused`", r.Name)
	}
	if err := f.checkAnswers(r); err != nil {
		return err
	}
	if err := f.checkShares(r); err != nil {
		return err
	}
	if err := f.checkConnections(r); err != nil {
		return err
	}
	if e.Refused.Yes && (len(e.Status) > 0 || len(e.Split) > 0 || !e.To.IsZero()) {
		return f.Bad(r.Line, "request %q: `refused` means no answer at all, so nothing else about an answer can be expected", r.Name)
	}
	if e.Denied && (e.Refused.Yes || len(e.Status) > 0 || len(e.Split) > 0 || !e.To.IsZero()) {
		return f.Bad(r.Line, "request %q: `denied` means that the request arrives nowhere, so nothing else about an answer can be expected", r.Name)
	}
	if len(e.Split) > 0 {
		total := 0.0
		for ref, share := range e.Split {
			if share < 0 {
				return f.Bad(ref.Line, "request %q: a share cannot be negative", r.Name)
			}
			total += share
		}
		if total < 99.999 || total > 100.001 {
			return f.Bad(r.Line, "request %q: the shares of its split add up to %g, not 100", r.Name, total)
		}
	}
	return nil
}

func (f *File) checkURL(what string, text Text, line int) error {
	line = max(text.Line, line)
	u, err := url.Parse(text.Value)
	if err != nil || u.Hostname() == "" {
		return f.Bad(line, "%s: %q is no URL with a host", what, text.Value)
	}
	switch u.Scheme {
	case "http", "https", "http2", "http2s", "grpc", "grpcs":
	case "tcp", "tls":
		if u.Port() == "" {
			return f.Bad(line, "%s: %q needs a port: %s has no usual one", what, text.Value, u.Scheme)
		}
	default:
		return f.Bad(line, "%s: scheme %q is none of http, https, http2, http2s, grpc, grpcs, tcp, tls", what, u.Scheme)
	}
	return nil
}

func (f *File) checkSteps() error {
	for _, s := range f.Steps {
		if s == nil || s.Name == "" || len(s.Do) == 0 {
			return f.Bad(1, "each of `steps` needs a name and something to `do`")
		}
		if s.Load.Rate < 1 || s.Load.Rate > 1000 {
			return f.Bad(s.Line, "steps %q: the load's rate must be between 1 and 1000 a second", s.Name)
		}
		if err := f.checkURL(fmt.Sprintf("steps %q", s.Name), s.Load.URL, s.Line); err != nil {
			return err
		}
		if s.Want.Lost != "some" {
			if n, err := strconv.Atoi(s.Want.Lost); err != nil || n < 0 {
				return f.Bad(s.Line, "steps %q: expect.lost must be a number or `some`", s.Name)
			}
		}
		for _, a := range s.Want.Answered {
			if a.By.IsZero() || a.AtLeast < 0 || a.AtMost > 100 || a.AtLeast > a.AtMost {
				return f.Bad(s.Line, "steps %q: each of `answered` says `by` whom, and per cent `atLeast` and `atMost`", s.Name)
			}
		}
		for _, c := range s.Do {
			given := 0
			for _, set := range []bool{c.Apply.Value != "", c.ApplyEach.Value != "", c.Delete.Value != "", c.Wait != 0} {
				if set {
					given++
				}
			}
			if given != 1 {
				return f.Bad(s.Line, "steps %q: each thing to do is one of apply, applyEach, delete, wait", s.Name)
			}
		}
	}
	return nil
}

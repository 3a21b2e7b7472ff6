// Package istiocheck runs the checks of Istio: those of `istioctl validate` and `istioctl
// analyze`, with the code of these commands.
package istiocheck

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"strings"
	"time"

	"istio.io/istio/istioctl/pkg/cli"
	"istio.io/istio/istioctl/pkg/validate"
	"istio.io/istio/pkg/config/analysis/analyzers"
	"istio.io/istio/pkg/config/analysis/local"
	"istio.io/istio/pkg/config/resource"

	"github.com/cdk8s-istio/cdk8s-istio/conformance/manifests"
)

// Message is one message of istioctl.
type Message struct {
	Code    string `json:"code"`
	Level   string `json:"level"`
	Object  string `json:"object,omitempty"`
	Where   string `json:"where,omitempty"`
	Message string `json:"message"`
	// Allowed is the reason given in requests.yaml, empty where the message counts as a failure.
	Allowed string `json:"allowed,omitempty"`
}

func (m Message) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s: %s [%s] %s %s", m.Where, m.Level, m.Code, m.Object, m.Message))
}

// Allowance names messages that are accepted, with the reason.
type Allowance struct {
	Code   string `yaml:"code"`
	Object string `yaml:"object"`
	Reason string `yaml:"reason"`
	Line   int    `yaml:"-"`
}

func (a Allowance) covers(m Message) bool { return a.Code == m.Code && match(a.Object, m.Object) }

// Unused are the unused allowances, each as a message. A reader of such an entry
// would expect the message.
func Unused(found []Message, allowed []Allowance, file string) []Message {
	var out []Message
	for _, a := range allowed {
		used := false
		for _, m := range found {
			used = used || a.covers(m)
		}
		if used {
			continue
		}
		entry := a.Code
		if a.Object != "" {
			entry += " for " + a.Object
		}
		out = append(out, Message{
			Code: "allow", Level: "Error", Where: fmt.Sprintf("%s:%d", file, a.Line),
			Message: fmt.Sprintf("`allow` lists %s, and no message is like that: take the entry out", entry),
		})
	}
	return out
}

// Check runs both commands. others are objects that the manifests only refer to.
func Check(objects []*manifests.Object, others string, allowed []Allowance) ([]Message, error) {
	found, err := runValidate(objects)
	if err != nil {
		return nil, err
	}
	analyzed, err := runAnalyze(objects, others)
	if err != nil {
		return nil, err
	}
	found = append(found, analyzed...)
	for i := range found {
		for _, a := range allowed {
			if a.covers(found[i]) {
				found[i].Allowed = a.Reason
			}
		}
	}
	return found, nil
}

func match(pattern, object string) bool {
	if pattern == "" || pattern == object {
		return true
	}
	ok, _ := path.Match(strings.ReplaceAll(pattern, "/", " "), strings.ReplaceAll(object, "/", " "))
	return ok
}

// runValidate runs the validate command on each object as written, so that each message has a place.
func runValidate(objects []*manifests.Object) ([]Message, error) {
	var found []Message
	ctx := cli.NewFakeContext(&cli.NewFakeContextOption{Namespace: "default", IstioNamespace: "istio-system"})
	dir, err := os.MkdirTemp("", "validate")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	for i, o := range objects {
		file := fmt.Sprintf("%s/%d.yaml", dir, i)
		if err := os.WriteFile(file, []byte(o.Text), 0o600); err != nil {
			return nil, err
		}
		var out bytes.Buffer
		cmd := validate.NewValidateCommand(ctx)
		cmd.SetOut(&out)
		cmd.SetErr(&out)
		cmd.SilenceUsage, cmd.SilenceErrors = true, true
		cmd.SetArgs([]string{"-f", file})
		err := cmd.Execute()
		text := ""
		if err != nil {
			text = err.Error()
		} else if said := strings.TrimSpace(out.String()); said != "" && !strings.HasSuffix(said, " is valid") {
			text = said
		}
		if text != "" {
			level := "Warning"
			if err != nil {
				level = "Error"
			}
			text = strings.Join(strings.Fields(strings.ReplaceAll(text, `"`+file+`"`, "")), " ")
			found = append(found, Message{Code: "validate", Level: level, Object: o.ID(), Where: o.Where(), Message: text})
		}
	}
	return found, nil
}

// runAnalyze is `istioctl analyze --use-kube=false -A` on the same files.
func runAnalyze(objects []*manifests.Object, others string) ([]Message, error) {
	sa := local.NewIstiodAnalyzer(analyzers.AllCombined(), resource.Namespace(""), resource.Namespace("istio-system"), nil)
	if err := sa.AddDefaultResources(); err != nil {
		return nil, err
	}
	var readers []local.ReaderSource
	for _, file := range inFiles(objects) {
		readers = append(readers, local.ReaderSource{Name: file.name, Reader: strings.NewReader(file.text)})
	}
	if others != "" {
		readers = append(readers, local.ReaderSource{Name: "requests.yaml (world)", Reader: strings.NewReader(others)})
	}
	var unread []Message
	if err := sa.AddReaderKubeSource(readers); err != nil {
		unread = append(unread, Message{Code: "analyze", Level: "Error", Message: strings.Join(strings.Fields(err.Error()), " ")})
	}
	cancel := make(chan struct{})
	timer := time.AfterFunc(30*time.Second, func() { close(cancel) })
	defer timer.Stop()
	result, err := sa.Analyze(cancel)
	if err != nil {
		return nil, err
	}
	found := unread
	for i := range result.Messages {
		m := &result.Messages[i]
		said := m.Unstructured(true)
		msg := Message{Code: m.Type.Code(), Level: m.Type.Level().String(), Message: fmt.Sprint(said["message"])}
		if m.Resource != nil {
			meta := m.Resource.Metadata
			msg.Object = fmt.Sprintf("%s/%s", meta.Schema.Kind(), meta.FullName)
			msg.Where = fmt.Sprint(said["reference"])
		}
		found = append(found, msg)
	}
	return found, nil
}

type textFile struct{ name, text string }

// inFiles writes the texts of the objects back into their files, each on its original line if possible.
func inFiles(objects []*manifests.Object) []textFile {
	var files []textFile
	for _, o := range objects {
		if n := len(files); n == 0 || files[n-1].name != o.File {
			files = append(files, textFile{name: o.File})
		}
		f := &files[len(files)-1]
		if f.text != "" {
			f.text = strings.TrimRight(f.text, "\n") + "\n---\n"
		}
		missing := o.Line - 1 - leading(o) - strings.Count(f.text, "\n")
		f.text += strings.Repeat("\n", max(0, missing)) + o.Text
	}
	return files
}

// leading counts the lines of a document before its first field.
func leading(o *manifests.Object) int {
	for i, line := range strings.Split(o.Text, "\n") {
		if trimmed := strings.TrimSpace(line); trimmed != "" && !strings.HasPrefix(trimmed, "#") {
			return i
		}
	}
	return 0
}

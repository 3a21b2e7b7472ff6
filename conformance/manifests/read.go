package manifests

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
	sigsyaml "sigs.k8s.io/yaml"
)

// BadInput is an error in the user's input, with its place. The command ends with status 2.
type BadInput struct {
	File    string
	Line    int
	Message string
}

func (e *BadInput) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.File, e.Message)
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message)
}

// ReadDir reads every .yaml, .yml and .json file below dir, in the order of their names.
func ReadDir(dir string) ([]*Object, error) {
	var files []string
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		switch strings.ToLower(filepath.Ext(path)) {
		case ".yaml", ".yml", ".json":
			if !info.IsDir() {
				files = append(files, path)
			}
		}
		return nil
	})
	if err != nil {
		return nil, &BadInput{File: dir, Message: "cannot read the folder of manifests: " + err.Error()}
	}
	if len(files) == 0 {
		return nil, &BadInput{File: dir, Message: "holds no manifests: no .yaml, .yml or .json file"}
	}
	sort.Strings(files)
	var all []*Object
	for _, file := range files {
		objects, err := ReadFile(file)
		if err != nil {
			return nil, err
		}
		all = append(all, objects...)
	}
	if len(all) == 0 {
		return nil, &BadInput{File: dir, Message: fmt.Sprintf("holds no manifests: not one object in %s", counted(len(files)))}
	}
	return all, unique(all)
}

// ReadFile reads one file.
func ReadFile(file string) ([]*Object, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, &BadInput{File: file, Message: err.Error()}
	}
	return Parse(file, string(text), 1)
}

func counted(files int) string {
	if files == 1 {
		return "its file"
	}
	return fmt.Sprintf("its %d files", files)
}

// Parse splits a stream into documents and decodes each; firstLine is the line of the stream's first line in its file.
func Parse(file, text string, firstLine int) ([]*Object, error) {
	var objects []*Object
	lines := strings.SplitAfter(text, "\n")
	start := 0
	flush := func(end int) error {
		doc := strings.Join(lines[start:end], "")
		found, err := parseDocument(file, doc, firstLine+start)
		objects = append(objects, found...)
		return err
	}
	for i, line := range lines {
		if strings.HasPrefix(line, "---") {
			if err := flush(i); err != nil {
				return nil, err
			}
			start = i + 1
		}
	}
	return objects, flush(len(lines))
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

func parseDocument(file, doc string, line int) ([]*Object, error) {
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(doc), &root); err != nil {
		return nil, badYAML(file, line, err)
	}
	if len(root.Content) == 0 || root.Content[0].Tag == "!!null" {
		return nil, nil
	}
	node := root.Content[0]
	if node.Kind != yaml.MappingNode {
		return nil, &BadInput{file, line + node.Line - 1, "a manifest must be a map with apiVersion and kind"}
	}
	if err := refuseDuplicates(file, line, node); err != nil {
		return nil, err
	}
	o := &Object{File: file, Line: line + node.Line - 1, Text: doc}
	o.node = rebase(node)
	content := map[string]any{}
	// The API server reads YAML through JSON; so does this, with the same library.
	if err := sigsyaml.Unmarshal([]byte(doc), &content, useInt64); err != nil {
		return nil, badYAML(file, line, err)
	}
	o.Object = normalize(content).(map[string]any)
	if o.GetKind() == "" || o.GetAPIVersion() == "" {
		return nil, &BadInput{file, o.Line, "a manifest must have apiVersion and kind"}
	}
	if strings.HasSuffix(o.GetKind(), "List") && content["items"] != nil {
		return splitList(o, content)
	}
	if o.GetName() == "" {
		return nil, &BadInput{file, o.Line, fmt.Sprintf("%s has no metadata.name", o.GetKind())}
	}
	return []*Object{o}, nil
}

func splitList(list *Object, content map[string]any) ([]*Object, error) {
	items, _ := content["items"].([]any)
	var objects []*Object
	for i, item := range items {
		text, err := sigsyaml.Marshal(item)
		if err != nil {
			return nil, &BadInput{list.File, list.LineOf(fmt.Sprintf("items[%d]", i)), err.Error()}
		}
		found, err := parseDocument(list.File, string(text), list.LineOf(fmt.Sprintf("items[%d]", i)))
		if err != nil {
			return nil, err
		}
		objects = append(objects, found...)
	}
	return objects, nil
}

// rebase makes line numbers relative to the object's own first line.
func rebase(node *yaml.Node) *yaml.Node {
	first := node.Line
	var walk func(*yaml.Node)
	walk = func(n *yaml.Node) {
		n.Line -= first - 1
		for _, c := range n.Content {
			walk(c)
		}
	}
	walk(node)
	return node
}

func refuseDuplicates(file string, line int, node *yaml.Node) error {
	if node.Kind == yaml.MappingNode {
		seen := map[string]int{}
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i]
			if before, ok := seen[key.Value]; ok {
				return &BadInput{file, line + key.Line - 1, fmt.Sprintf("field %q was already given on line %d", key.Value, line+before-1)}
			}
			seen[key.Value] = key.Line
		}
	}
	for _, c := range node.Content {
		if err := refuseDuplicates(file, line, c); err != nil {
			return err
		}
	}
	return nil
}

func badYAML(file string, line int, err error) error {
	message := err.Error()
	at := line
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		n, _ := strconv.Atoi(m[1])
		at = line + n - 1
		message = yamlLine.ReplaceAllString(message, "line "+strconv.Itoa(at))
	}
	return &BadInput{file, at, "does not parse: " + message}
}

func unique(objects []*Object) error {
	seen := map[string]*Object{}
	for _, o := range objects {
		key := o.Group() + " " + o.ID()
		if before, ok := seen[key]; ok {
			return &BadInput{o.File, o.Line, fmt.Sprintf("%s was already given at %s", o.ID(), before.Where())}
		}
		seen[key] = o
	}
	return nil
}

// Package meshfields writes the library's table of Istio's configuration of the mesh: its fields, and what each of them holds. The library
// uses it to refuse what istiod would silently ignore.
package meshfields

import (
	"fmt"
	"sort"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	mesh "istio.io/api/mesh/v1alpha1"
)

// File is the path of the table from this folder.
const File = "../../src/mesh/mesh-config-fields.ts"

const head = `// Of Istio's API, by ` + "`go test ./meshfields -update`" + ` in conformance/; never edited.
/* eslint-disable max-lines -- one line for each field there is */

/**
 * The fields of Istio's configuration of the mesh, and of each message in it: what they hold. A message is named, ` + "`[]`" + ` is a list, ` + "`{}`" + ` a
 * map, and ` + "`=`" + ` comes before the names of an enumeration.
 */
export const MESH_CONFIG: { readonly [message: string]: { readonly [field: string]: string } } = {
`

const choices = `};

/** Fields of which a message holds one at most. */
export const ONE_OF: { readonly [message: string]: readonly (readonly string[])[] } = {
`

// wellKnown are messages that JSON writes as plain values.
var wellKnown = map[protoreflect.FullName]string{
	"google.protobuf.BoolValue":   "boolean",
	"google.protobuf.Duration":    "duration",
	"google.protobuf.DoubleValue": "number",
	"google.protobuf.Int32Value":  "int",
	"google.protobuf.Int64Value":  "int",
	"google.protobuf.StringValue": "string",
	"google.protobuf.Struct":      "{any}",
	"google.protobuf.UInt32Value": "uint",
}

// Table is the text of the file.
func Table() string {
	messages := map[string]protoreflect.MessageDescriptor{}
	collect((&mesh.MeshConfig{}).ProtoReflect().Descriptor(), messages)
	names := make([]string, 0, len(messages))
	for name := range messages {
		names = append(names, name)
	}
	sort.Strings(names)
	var text, oneOf strings.Builder
	for _, name := range names {
		fields := messages[name].Fields()
		if fields.Len() == 0 {
			fmt.Fprintf(&text, "  '%s': {},\n", name)
			continue
		}
		lines := make([]string, 0, fields.Len())
		for i := range fields.Len() {
			lines = append(lines, fmt.Sprintf("    %s: '%s',\n", fields.Get(i).JSONName(), holds(fields.Get(i))))
		}
		sort.Strings(lines)
		fmt.Fprintf(&text, "  '%s': {\n%s  },\n", name, strings.Join(lines, ""))
		if groups := exclusive(messages[name]); len(groups) > 0 {
			fmt.Fprintf(&oneOf, "  '%s': [%s],\n", name, strings.Join(groups, ", "))
		}
	}
	return head + text.String() + choices + oneOf.String() + "};\n"
}

func collect(m protoreflect.MessageDescriptor, messages map[string]protoreflect.MessageDescriptor) {
	name := short(m)
	if known, ok := messages[name]; ok {
		if known.FullName() != m.FullName() {
			panic(fmt.Sprintf("%s and %s would share a name", known.FullName(), m.FullName()))
		}
		return
	}
	messages[name] = m
	for i := range m.Fields().Len() {
		f := m.Fields().Get(i)
		if f.IsMap() {
			f = f.MapValue()
		}
		if next := f.Message(); next != nil && wellKnown[next.FullName()] == "" {
			collect(next, messages)
		}
	}
}

func holds(f protoreflect.FieldDescriptor) string {
	if f.IsMap() {
		return "{" + single(f.MapValue()) + "}"
	}
	if f.IsList() {
		return single(f) + "[]"
	}
	return single(f)
}

func single(f protoreflect.FieldDescriptor) string {
	switch f.Kind() {
	case protoreflect.BoolKind:
		return "boolean"
	case protoreflect.StringKind:
		return "string"
	case protoreflect.Int32Kind, protoreflect.Int64Kind:
		return "int"
	case protoreflect.Uint32Kind:
		return "uint"
	case protoreflect.DoubleKind:
		return "number"
	case protoreflect.EnumKind:
		var names []string
		for i := range f.Enum().Values().Len() {
			names = append(names, string(f.Enum().Values().Get(i).Name()))
		}
		return "=" + strings.Join(names, "|")
	case protoreflect.MessageKind:
		if plain := wellKnown[f.Message().FullName()]; plain != "" {
			return plain
		}
		return short(f.Message())
	}
	panic(fmt.Sprintf("%s is of a kind that the table has no word for", f.FullName()))
}

func exclusive(m protoreflect.MessageDescriptor) []string {
	var groups []string
	for i := range m.Oneofs().Len() {
		var names []string
		for j := range m.Oneofs().Get(i).Fields().Len() {
			names = append(names, "'"+m.Oneofs().Get(i).Fields().Get(j).JSONName()+"'")
		}
		sort.Strings(names)
		if len(names) > 1 {
			groups = append(groups, "["+strings.Join(names, ", ")+"]")
		}
	}
	sort.Strings(groups)
	return groups
}

// short is the name without its package, and without the message that all others are within.
func short(m protoreflect.MessageDescriptor) string {
	name := strings.TrimPrefix(string(m.FullName()), string(m.ParentFile().Package())+".")
	return strings.TrimPrefix(name, "MeshConfig.")
}

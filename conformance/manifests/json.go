package manifests

import "encoding/json"

// useInt64 keeps integers: unstructured objects have int64, not float64, if the text has no fraction.
func useInt64(d *json.Decoder) *json.Decoder {
	d.UseNumber()
	return d
}

// normalize turns json.Number into int64 or float64, as the API machinery expects.
func normalize(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for k, inner := range v {
			v[k] = normalize(inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = normalize(inner)
		}
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64()
		return f
	}
	return value
}

package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// widest is where a cell is wrapped.
const widest = 64

// printRows prints columns and wraps long cells.
func printRows(w io.Writer, rows [][]string) {
	widths := make([]int, len(rows[0]))
	wrapped := make([][][]string, len(rows))
	for i, row := range rows {
		for j, cell := range row {
			lines := wrap(cell)
			wrapped[i] = append(wrapped[i], lines)
			for _, line := range lines {
				widths[j] = max(widths[j], utf8.RuneCountInString(line))
			}
		}
	}
	for i, row := range wrapped {
		height := 1
		for _, cell := range row {
			height = max(height, len(cell))
		}
		for line := 0; line < height; line++ {
			var b strings.Builder
			b.WriteString("  ")
			for j, cell := range row {
				text := ""
				if line < len(cell) {
					text = cell[line]
				}
				b.WriteString(text + strings.Repeat(" ", widths[j]-utf8.RuneCountInString(text)+2))
			}
			fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
		}
		if i == 0 {
			for _, width := range widths {
				fmt.Fprint(w, "  "+strings.Repeat("-", width))
			}
			fmt.Fprintln(w)
		}
	}
}

func wrap(cell string) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(cell) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > widest {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// Table prints rows as the reports do; the first is the head.
func Table(w io.Writer, rows [][]string) { printRows(w, rows) }

package audit_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// takesAway finds SQL that changes or removes what is in the audit table.
var takesAway = regexp.MustCompile(`(?i)\b(update|delete\s+from|replace\s+into|truncate(\s+table)?|drop\s+table)\s+[` + "`" + `"]?audit\b`)

// forbidden are the methods of gorm that change or remove rows, or run any SQL.
var forbidden = []string{"Update", "Updates", "UpdateColumn", "UpdateColumns", "Delete", "Save", "FirstOrCreate", "Exec", "Clauses"}

// offences says where a source could change or remove entries.
func offences(t *testing.T, path, source string, own bool) (found []string) {
	t.Helper()
	if strings.HasSuffix(path, ".sql") {
		return takesAway.FindAllString(source, -1)
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, source, parser.SkipObjectResolution)
	require.NoError(t, err)
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if n.Kind == token.STRING && takesAway.MatchString(n.Value) {
				found = append(found, n.Value)
			}
		case *ast.CallExpr:
			f, ok := n.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if own && slices.Contains(forbidden, f.Sel.Name) {
				found = append(found, f.Sel.Name)
			}
			if !own && (f.Sel.Name == "Table" || f.Sel.Name == "NewRows") { // it is named to be written to by somebody else
				for _, arg := range n.Args {
					if l, ok := arg.(*ast.BasicLit); ok && strings.HasPrefix(strings.Trim(l.Value, "`\""), "audit") {
						found = append(found, l.Value)
					}
				}
			}
		}
		return true
	})
	return found
}

func TestNothingInTheProgramChangesOrRemovesAnEntry(t *testing.T) {
	root, files := filepath.Join("..", ".."), 0
	for _, part := range []string{"api", "internal"} {
		require.NoError(t, filepath.WalkDir(filepath.Join(root, part), func(path string, d fs.DirEntry, err error) error {
			program := strings.HasSuffix(path, ".sql") || strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go")
			if err != nil || !program {
				return err
			}
			source, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Empty(t, offences(t, path, string(source), filepath.Base(filepath.Dir(path)) == "audit"), path)
			files++
			return nil
		}))
	}
	require.Greater(t, files, 100, "it looked at the program")
}

func TestWhatWouldChangeOrRemoveAnEntryIsFound(t *testing.T) {
	within := func(statement string) string { return "package x\nfunc f() { " + statement + " }" }
	for source, own := range map[string]bool{
		`tx.Exec("DELETE FROM audit WHERE id = 1")`:   false,
		"tx.Exec(`update audit set actor_id = NULL`)": false,
		`tx.Table("audit").Where("1").Delete(nil)`:    false,
		`tx.Table("audit a").Update("a", 1)`:          false,
		`tx.Delete(&row{})`:                           true,
		`tx.Model(&row{}).Update("changes", "")`:      true,
	} {
		require.NotEmpty(t, offences(t, "x.go", within(source), own), source)
	}
	require.NotEmpty(t, offences(t, "x.sql", "TRUNCATE TABLE audit;", false))
	require.Empty(t, offences(t, "x.go", within(`tx.Table("auditorium"); tx.Raw("SELECT 1 FROM audit")`), true))
}

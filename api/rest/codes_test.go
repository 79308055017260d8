package rest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/emosation/emosation/api/openapi"
	"github.com/emosation/emosation/api/openapi/openapitest"
	"github.com/emosation/emosation/internal/fault"
)

// Whoever writes a client from openapi.yaml alone knows every code that an answer may have, and its status.
func TestEveryCodeIsDescribed(t *testing.T) {
	used := make(map[string]int)
	for _, root := range []string{"..", "../../internal"} {
		require.NoError(t, filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
				declared(t, path, used)
			}
			return err
		}))
	}
	for status := 400; status < 600; status++ {
		if code, _ := wordsFor(status); code != "request.refused" {
			used[code] = status
		}
	}
	doc, err := openapi.GetSpec()
	require.NoError(t, err)
	require.Equal(t, used, openapitest.Codes(doc))
}

// declared notes which failures a file declares with fault.New, and what REST answers them with.
func declared(t *testing.T, path string, used map[string]int) {
	t.Helper()
	kinds := map[string]fault.Kind{
		"Invalid": fault.Invalid, "Unauthenticated": fault.Unauthenticated, "Forbidden": fault.Forbidden, "NotFound": fault.NotFound,
		"Conflict": fault.Conflict, "Precondition": fault.Precondition, "TooMany": fault.TooMany, "Unavailable": fault.Unavailable,
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 3 || name(call.Fun) != "New" || kinds[name(call.Args[0])] == 0 {
			return true
		}
		code, ok := call.Args[1].(*ast.BasicLit) // otherwise it is the code of another one
		if ok {
			unquoted, err := strconv.Unquote(code.Value)
			require.NoError(t, err)
			used[unquoted] = statusOf(kinds[name(call.Args[0])])
		}
		return true
	})
}

// name is the last word of x or pkg.x.
func name(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// client is the module that talks to Redis. It has a function for every word of every command of Redis and its modules, three in ten
// of all functions of the program. A linker drops the methods that nobody calls unless some are looked up by name when the program
// runs, which gorm, openai-go and templates do. So they are left out before: the methods that begin a command, and with them
// all that they lead to. One that is called after all is a mistake that the compiler finds.
const client = "github.com/redis/rueidis"

// builder is the type whose methods begin commands, and commands where they are.
const (
	builder  = "Builder"
	commands = "internal/cmds"
)

// withoutUnusedCommands makes a copy of the client in which only those commands can be begun whose names occur in the program, and
// returns a go.mod for that copy. Both are in the folder bin of root, always by the same names: so the build is the same, too.
func withoutUnusedCommands(ctx context.Context, root string, environ []string) (modfile string, err error) {
	used, err := namesUsed(ctx, root, environ)
	if err != nil {
		return "", err
	}
	module, err := goCommand(ctx, nil, "list", "-C", root, "-m", "-f", "{{.Version}} {{.Dir}}", client)
	if err != nil {
		return "", err
	}
	version, original, _ := strings.Cut(module, " ")
	copied := filepath.Join("bin", "rueidis-"+version)
	cut, err := copyClient(original, filepath.Join(root, copied), used)
	if err != nil {
		return "", err
	}
	if cut < 100 {
		return "", fmt.Errorf("only %d commands of %s %s were cut: have they moved from %s, or %s become another type?", cut, client, version, commands, builder)
	}
	modfile = filepath.Join(root, "bin", "release.mod")
	for from, to := range map[string]string{"go.mod": modfile, "go.sum": strings.TrimSuffix(modfile, ".mod") + ".sum"} {
		content, err := os.ReadFile(filepath.Join(root, from))
		if err != nil {
			return "", err
		}
		if err := write(to, content); err != nil {
			return "", err
		}
	}
	_, err = goCommand(ctx, nil, "mod", "edit", "-replace", client+"=./"+filepath.ToSlash(copied), modfile)
	return modfile, err
}

// namesUsed are all names after a dot in the program and in the client itself, commands aside.
func namesUsed(ctx context.Context, root string, environ []string) (map[string]bool, error) {
	ours, err := goCommand(ctx, nil, "list", "-C", root, "-m")
	if err != nil {
		return nil, err
	}
	packages, err := goCommand(ctx, environ, "list", "-C", root, "-deps", "-f", "{{.ImportPath}}|{{.Dir}}|{{join .GoFiles \"|\"}}", "./api")
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	for line := range strings.Lines(packages) {
		fields := strings.Split(strings.TrimSpace(line), "|")
		path, dir, files := fields[0], fields[1], fields[2:]
		if !within(path, ours) && !within(path, client) {
			continue
		}
		for _, file := range files {
			if path == client+"/"+commands && generated(file) {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, file), nil, parser.SkipObjectResolution)
			if err != nil {
				return nil, err
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				if selector, ok := n.(*ast.SelectorExpr); ok {
					used[selector.Sel.Name] = true
				}
				return true
			})
		}
	}
	if len(used) == 0 {
		return nil, errors.New("the program was not found")
	}
	return used, nil
}

func within(path, module string) bool { return path == module || strings.HasPrefix(path, module+"/") }

// generated tells whether a file of commands is one of those that define them.
func generated(file string) bool { return strings.HasPrefix(file, "gen_") }

// copyClient copies the module without its tests and without the commands that are not used, and returns how many of them it has cut.
func copyClient(from, to string, used map[string]bool) (cut int, err error) {
	err = filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.MkdirAll(filepath.Join(to, name), 0o755)
		}
		if strings.HasSuffix(name, "_test.go") || !strings.HasSuffix(name, ".go") && name != "go.mod" && name != "LICENSE" {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if filepath.ToSlash(filepath.Dir(name)) == commands && generated(filepath.Base(name)) {
			pruned, n, err := prune(content, used)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			content, cut = pruned, cut+n
		}
		return write(filepath.Join(to, name), content)
	})
	return cut, err
}

// prune cuts the builder's methods that nobody names out of a file, and counts them.
func prune(source []byte, used map[string]bool) (kept []byte, cut int, err error) {
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, "", source, parser.SkipObjectResolution)
	if err != nil {
		return nil, 0, err
	}
	end := 0
	for _, declared := range parsed.Decls {
		function, ok := declared.(*ast.FuncDecl)
		if !ok || function.Recv == nil || used[function.Name.Name] {
			continue
		}
		if receiver, ok := function.Recv.List[0].Type.(*ast.Ident); !ok || receiver.Name != builder {
			continue
		}
		cut++
		kept = append(kept, source[end:files.Position(function.Pos()).Offset]...)
		end = files.Position(function.End()).Offset
	}
	return append(kept, source[end:]...), cut, nil
}

// write leaves a file alone that is as it should be: somebody else may be building from it.
func write(path string, content []byte) error {
	if there, err := os.ReadFile(path); err == nil && bytes.Equal(there, content) {
		return nil
	}
	draft, err := os.CreateTemp(filepath.Dir(path), ".draft-")
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	_, err = draft.Write(content)
	if err := errors.Join(err, draft.Chmod(0o644), draft.Close()); err != nil {
		return err
	}
	return os.Rename(draft.Name(), path)
}

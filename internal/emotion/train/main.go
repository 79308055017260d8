// Command train makes the embedded emotion model from labelled text, and judges it.
//
//	go run ./internal/emotion/train train -data DIR [-out internal/emotion/model.bin]
//	go run ./internal/emotion/train eval  -data DIR [-model internal/emotion/model.bin]
//
// The same data gives the same model, byte for byte. README.md beside this file tells the recipe.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/emosation/emosation/internal/emotion"
	"github.com/emosation/emosation/internal/emotion/linear"
)

const defaultModel = "internal/emotion/model.bin"

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) == 0 {
		return fmt.Errorf("say train or eval")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	data := flags.String("data", "", "folder of the labelled `files`")
	var file *string
	switch args[0] {
	case "train":
		file = flags.String("out", defaultModel, "model `file` to write")
	case "eval":
		file = flags.String("model", defaultModel, "model `file` to judge")
	default:
		return fmt.Errorf("unknown command %q: say train or eval", args[0])
	}
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if *data == "" {
		return fmt.Errorf("-data is missing: name the folder of the labelled files")
	}
	if args[0] == "train" {
		return trainFile(*data, *file, out)
	}
	return evalFile(*data, *file, out)
}

func trainFile(data, file string, out io.Writer) error {
	rows, err := loadAll(data, trainFiles())
	if err != nil {
		return err
	}
	rows = append(rows, chats()...)
	dev, err := loadAll(data, devFiles())
	if err != nil {
		return err
	}
	model := build(rows, dev, shipped(), out)
	encoded, err := model.Encode()
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, encoded, 0o644); err != nil {
		return fmt.Errorf("write model: %w", err)
	}
	fmt.Fprintf(out, "wrote %s: %s, %d features, %d bytes\n", file, model.Version, model.Len(), len(encoded))
	return nil
}

func evalFile(data, file string, out io.Writer) error {
	encoded, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("model: %w", err)
	}
	model, err := linear.Decode(encoded)
	if err != nil {
		return err
	}
	return report(emotion.NewEngine(model), len(encoded), data, out)
}

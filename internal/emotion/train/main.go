// Command train makes the embedded emotion model from labelled text, and judges it.
//
//	go run ./internal/emotion/train train -data DIR [-out internal/emotion/model.bin] [-chat internal/emotion/testdata]
//	go run ./internal/emotion/train eval  -data DIR [-model internal/emotion/model.bin] [-chat internal/emotion/testdata]
//	go run ./internal/emotion/train chat  [-model internal/emotion/model.bin] [-chat internal/emotion/testdata]
//
// The same data gives the same model, byte for byte. Chat judges by the messages of internal/emotion/testdata alone and needs no other
// data; eval does that, too. README.md beside this file tells the recipe.
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
	if err := run(os.Args[1:], shipped(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

// run obeys the arguments; a training follows the recipe.
func run(args []string, p *recipe, out io.Writer) error {
	if len(args) == 0 {
		return fmt.Errorf("say train, eval or chat")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	var data, file, talk string
	if args[0] == "train" || args[0] == "eval" {
		flags.StringVar(&data, "data", "", "folder of the labelled `files`")
	}
	flags.StringVar(&talk, "chat", defaultChat, "`folder` of the chat messages, which judge and never train")
	switch args[0] {
	case "train":
		flags.StringVar(&file, "out", defaultModel, "model `file` to write")
	case "eval", "chat":
		flags.StringVar(&file, "model", defaultModel, "model `file` to judge")
	default:
		return fmt.Errorf("unknown command %q: say train, eval or chat", args[0])
	}
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if args[0] != "chat" && data == "" {
		return fmt.Errorf("-data is missing: name the folder of the labelled files")
	}
	if args[0] == "train" {
		return trainFile(data, file, talk, p, out)
	}
	return evalFile(data, file, talk, out)
}

func trainFile(data, file, talk string, p *recipe, out io.Writer) error {
	rows, err := loadAll(data, trainFiles())
	if err != nil {
		return err
	}
	if rows, err = apart(append(rows, chats()...), talk); err != nil {
		return err
	}
	dev, err := loadAll(data, devFiles())
	if err != nil {
		return err
	}
	model := build(rows, dev, p, out)
	if err := settle(model, talk); err != nil {
		return err
	}
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

// evalFile judges a model by the dev files of data, if a folder is named, and by the chat messages.
func evalFile(data, file, talk string, out io.Writer) error {
	encoded, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("model: %w", err)
	}
	model, err := linear.Decode(encoded)
	if err != nil {
		return err
	}
	engine := emotion.NewEngine(model)
	if data != "" {
		if err := report(model, len(encoded), data, out); err != nil {
			return err
		}
	}
	return reportChat(engine, talk, out)
}

package config

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/emosation/emosation/internal/emotion"
)

// Amount is an amount of money.
type Amount float64

// maxAmount keeps sums of billionths exact.
const maxAmount = 1_000_000

// UnmarshalText accepts 0 to 1000000.
func (a *Amount) UnmarshalText(text []byte) error {
	x, err := strconv.ParseFloat(string(text), 64)
	if err != nil || !(x >= 0 && x <= maxAmount) { // nor what is no number
		return fmt.Errorf("must be a number from 0 to %d", maxAmount)
	}
	*a = Amount(x)
	return nil
}

// Count is how many of something there may be.
type Count int64

// maxCount is more than anybody counts to in a day.
const maxCount = 1_000_000_000_000

// UnmarshalText accepts whole numbers from 0 on.
func (c *Count) UnmarshalText(text []byte) error {
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || n < 0 || n > maxCount {
		return fmt.Errorf("must be a whole number from 0 to %d", maxCount)
	}
	*c = Count(n)
	return nil
}

// checkOpenAI reports what the remote engine lacks, if there is to be one.
func (c Config) checkOpenAI(found func(name string, err error)) {
	if c.Emotion != emotion.ModeOpenAI {
		return
	}
	found("OPENAI_BASE_URL", checkEngineURL(c.OpenAIBaseURL.Reveal()))
	found("OPENAI_API_KEY", needed(c.OpenAIAPIKey.Reveal(), "a server that asks for none takes any text"))
	found("OPENAI_MODEL", needed(c.OpenAIModel, "it is the name of a model on that server"))
	if c.OpenAIDailyBudget > 0 && c.OpenAIInputPrice == 0 && c.OpenAIOutputPrice == 0 {
		found("OPENAI_DAILY_BUDGET", errors.New("bounds nothing without "+prefix+"OPENAI_INPUT_PRICE and "+prefix+"OPENAI_OUTPUT_PRICE"))
	}
}

// needed says so of a setting of the remote engine that is missing.
func needed(value, hint string) error {
	if strings.TrimSpace(value) == "" {
		return errors.New("is needed with " + prefix + "EMOTION=openai; " + hint)
	}
	return nil
}

// checkEngineURL does not repeat the address: people tend to put keys into it.
func checkEngineURL(address string) error {
	if err := needed(address, "such as https://api.openai.com/v1"); err != nil {
		return err
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("must be an http:// or https:// address without user, query and fragment, such as https://api.openai.com/v1")
	}
	return nil
}

package query

import "haidang/internal/text"

// signs are the units of NUM that are not words, with what they say of a figure.
var signs = map[string]func(text.Number) bool{
	"%": func(n text.Number) bool { return n.Percent },
	"$": func(n text.Number) bool { return n.Currency == "USD" },
	"€": func(n text.Number) bool { return n.Currency == "EUR" },
	"₫": func(n text.Number) bool { return n.Currency == "VND" },
}

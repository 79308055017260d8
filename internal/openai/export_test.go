package openai

// Quoted is what turns quotes into spans.
var Quoted = quoted

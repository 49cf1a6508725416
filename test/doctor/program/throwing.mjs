// Ends by an error that nobody catches.
await import("ai-spans");
throw new RangeError("the program's own");

// Loads the SDK and calls nothing, as a program does that prints its help.
import "ai";

// Loads the SDK and ends.
import "ai";

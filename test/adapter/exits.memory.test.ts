/**
 * Runs the programs of test/exits, with real clocks, on the bare SDK with the adapter registered.
 */
import "./adapted-exit.ts";
import "../exits/aborts.test.ts";
import "../exits/between-steps.test.ts";
import "../exits/callbacks.test.ts";
import "../exits/consumers.test.ts";
import "../exits/deadlines.test.ts";
import "../exits/leaving.test.ts";
import "../exits/partial-answers.test.ts";
import "../exits/reading.test.ts";
import "../exits/retries.test.ts";
import "../exits/returning.test.ts";
import "../exits/single-reader.test.ts";
import "../exits/stream-errors.test.ts";
import "../exits/stream-retries.test.ts";
import "../exits/tools.test.ts";

/**
 * Watches every branch that is teed off a stream. The AI SDK gives each way to read a `streamText` result its own
 * branch (`teeStream`, v5 to v7), and a tee hides from its source that a branch was left: so each branch is
 * watched where it is piped on.
 */
import { isReadableStream } from "../readers/guards.ts";
import { observePipe, type PipeObserver } from "./observed-pipe.ts";

/** Throws when the stream cannot be given a method of its own. */
export function observeTee(stream: ReadableStream<unknown>, createObserver: () => PipeObserver): void {
  const tee = stream.tee;
  Object.defineProperty(stream, "tee", {
    configurable: true,
    writable: true,
    value: function (this: ReadableStream<unknown>): [ReadableStream<unknown>, ReadableStream<unknown>] {
      const branches = tee.call(this);
      if (this === stream && isReadableStream(branches[0]) && isReadableStream(branches[1])) {
        observePipe(branches[0], createObserver);
        observeTee(branches[1], createObserver);
      }
      return branches;
    },
  });
}

/**
 * Observes the check of a streamed text's output. The SDK checks it when the text is complete, before the stream ends
 * (v6, v7).
 */
import { contain } from "../foundation/containment.ts";
import { isFunction, isRecord, readProperty } from "../foundation/structure.ts";
import { observeResult, type WorkObserver } from "../spans/traced-work.ts";
import { cached, onOriginal, viewOf } from "./view.ts";
import type { WrappedRun } from "./wrapped-run.ts";

/** @param output the parameter of that name */
export function observeOutput(output: unknown, run: WrappedRun): unknown {
  if (!run.kind.source || !isRecord(output)) return output;
  run.onOutput();
  const observer: WorkObserver = {
    onValue: () => run.onOutputChecked(undefined),
    onError: (failure) => run.onOutputChecked({ failure }),
  };
  return viewOf<object>(
    output,
    cached((property, key) => {
      if (!isFunction(property) || key !== "parseCompleteOutput") return property;
      return onOriginal(property, (self, args) => {
        const check = (): unknown => Reflect.apply(property, self, args);
        const isChecked = contain("check of an output", () => {
          // A text that ends with a tool call has no output yet. The SDK parses it for its callbacks all the same.
          if (readProperty(args[1], "finishReason") === "tool-calls") run.onOutputChecked(undefined);
          else run.onOutputCheck();
          return run.isCheckingOutput;
        });
        return isChecked ? observeResult(check(), observer, true) : check();
      });
    }),
  );
}

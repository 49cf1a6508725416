/**
 * Observes how the SDK checks the output of a streamed text. The check takes place when the text is complete, before
 * the stream ends (v6, v7).
 */
import { contain } from "../foundation/containment.ts";
import { isFunction, isRecord, readProperty } from "../foundation/structure.ts";
import { observeResult, type WorkObserver } from "../spans/traced-work.ts";
import { cached, onOriginal, viewOf } from "./view.ts";
import type { WrappedRun } from "./wrapped-run.ts";

/** @param output the value of the caller's parameter `output` */
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
          // A text that ends with a tool call has no output yet, but the SDK parses it for its callbacks. That parse is
          // no check.
          if (readProperty(args[1], "finishReason") === "tool-calls") run.onOutputChecked(undefined);
          else run.onOutputCheck();
          return run.isCheckingOutput;
        });
        return isChecked ? observeResult(check(), observer, true) : check();
      });
    }),
  );
}

/**
 * One invocation: which of our spans are open in it, and how what runs inside is told from what runs in another. Ends
 * no span.
 */
import type { Span } from "@opentelemetry/api";
import { contain, runOnce } from "../foundation/containment.ts";
import { asRecord, stringOf } from "../foundation/structure.ts";
import { activeContext, runInContext } from "../spans/context.ts";
import { createAsyncStorage, type AsyncStorage } from "../foundation/builtin-module.ts";
import { INVOCATION_KEY, invocationOf, type Invocation } from "../spans/invocation.ts";

export class OpenSpans extends Set<Span> implements Invocation {
  /** Called whenever no span is open any more. */
  onEmpty: (() => void) | undefined;
  /** Whether spans that start in the invocation are seen. */
  isTold = false;

  override delete(ended: Span): boolean {
    const wasOpen = super.delete(ended);
    if (wasOpen && this.size === 0) contain("end of an invocation", () => this.onEmpty?.());
    return wasOpen;
  }

  /** Names only, as far as the spans tell them: those of the OpenTelemetry SDK do. */
  get names(): string[] {
    return Array.from(this, (span) => contain("span.name", () => stringOf(asRecord(span)?.name)) ?? "span");
  }

  /**
   * Runs work so that the spans which start in it are seen: by the context, and by an AsyncLocalStorage where there is
   * one. The context alone is not enough. A handler that continues a remote trace often enters a context that it has
   * extracted into the root context, which knows no invocation.
   */
  run<T>(work: () => T): T {
    const told = (): T => {
      this.isTold = invocationOf(activeContext()) === this;
      return work();
    };
    return runInContext(activeContext().setValue(INVOCATION_KEY, this), () => {
      const storage = sharedStorage();
      return storage ? runOnce("AsyncLocalStorage", told, (enter) => storage.run(this, enter)) : told();
    });
  }
}

/** One for all copies of this package; `undefined` where the runtime has none. */
function sharedStorage(): AsyncStorage | undefined {
  const shared = globalThis as { [INVOCATION_KEY]?: AsyncStorage | undefined };
  return (shared[INVOCATION_KEY] ??= createAsyncStorage());
}

/**
 * Collects our open spans of one invocation. Context and AsyncLocalStorage separate the work of concurrent invocations.
 * Ends no span.
 */
import type { Span } from "@opentelemetry/api";
import { contain, runOnce } from "../foundation/containment.ts";
import { asRecord, stringOf } from "../foundation/structure.ts";
import { activeContext, runInContext } from "../spans/context.ts";
import { createAsyncStorage, type AsyncStorage } from "../foundation/builtin-module.ts";
import { INVOCATION_KEY, invocationOf, type Invocation } from "../spans/invocation.ts";

export class OpenSpans extends Set<Span> implements Invocation {
  /** Called each time the last open span has ended. */
  onEmpty: (() => void) | undefined;
  /** Whether spans that start in the work find this invocation, so that they are added to the set. */
  isReachable = false;

  override delete(ended: Span): boolean {
    const wasOpen = super.delete(ended);
    if (wasOpen && this.size === 0) contain("end of an invocation", () => this.onEmpty?.());
    return wasOpen;
  }

  /** The names of the open spans. A span of the OpenTelemetry SDK has a name. Without one, the text is `span`. */
  get names(): string[] {
    return Array.from(this, (span) => contain("span.name", () => stringOf(asRecord(span)?.name)) ?? "span");
  }

  /**
   * Runs work so that spans which start in it are added. A span finds the invocation by the context or by an
   * AsyncLocalStorage, if the runtime has one.
   *
   * The context alone is not enough. A handler that continues a remote trace often enters a context that it has
   * extracted into the root context, which has no invocation.
   */
  run<T>(work: () => T): T {
    const observedWork = (): T => {
      this.isReachable = invocationOf(activeContext()) === this;
      return work();
    };
    return runInContext(activeContext().setValue(INVOCATION_KEY, this), () => {
      const storage = sharedStorage();
      return storage
        ? runOnce("AsyncLocalStorage", observedWork, (enter) => storage.run(this, enter))
        : observedWork();
    });
  }
}

/** The storage that all copies of ai-spans share; `undefined` if the runtime has no AsyncLocalStorage. */
function sharedStorage(): AsyncStorage | undefined {
  const shared = globalThis as { [INVOCATION_KEY]?: AsyncStorage | undefined };
  return (shared[INVOCATION_KEY] ??= createAsyncStorage());
}

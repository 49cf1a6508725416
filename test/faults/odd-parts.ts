/**
 * Context managers that do not throw, but run their work in a wrong way. Each delegates to a real one.
 */
import type { Context, ContextManager } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";

type Work = (this: unknown, ...args: unknown[]) => unknown;

/** How a context manager runs its work. */
type Manner = (enter: () => unknown) => unknown;

/** @param active returns the active context; by default the real one */
function manager(manner: Manner, active?: () => unknown): ContextManager {
  const real = new AsyncLocalStorageContextManager().enable();
  return new Proxy<ContextManager>(real, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      if (key === "active" && active) return active;
      if (key !== "with") return value.bind(target);
      return (context: Context, work: Work, self: unknown, ...args: unknown[]): unknown =>
        manner(() => Reflect.apply(value, target, [context, work, self, ...args]));
    },
  });
}

/** The managers by what is wrong with them. They may lose the result of the work. */
export const ODD_CONTEXT_MANAGERS: Readonly<Record<string, () => ContextManager>> = {
  "runs its work twice": () =>
    manager((enter) => {
      enter();
      return enter();
    }),
  "runs its work later": () => manager((enter) => void Promise.resolve().then(enter)),
  "runs its work at once and later": () =>
    manager((enter) => {
      void Promise.resolve().then(enter);
      return enter();
    }),
  "never runs its work": () => manager(() => undefined),
  "swallows what its work throws": () =>
    manager((enter) => {
      try {
        return enter();
      } catch {
        return undefined;
      }
    }),
  "throws something else than its work throws": () =>
    manager((enter) => {
      try {
        return enter();
      } catch {
        throw new Error("the context manager is broken");
      }
    }),
  "returns something else than its work returns": () =>
    manager((enter) => {
      enter();
      return "odd";
    }),
  "knows no active context, as one that is mocked": () =>
    manager(
      (enter) => enter(),
      () => undefined,
    ),
  "knows no active context and never runs its work": () =>
    manager(
      () => undefined,
      () => undefined,
    ),
  "says that something else is the active context": () =>
    manager(
      (enter) => enter(),
      () => ({}),
    ),
};

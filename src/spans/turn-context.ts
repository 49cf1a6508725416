/**
 * The attributes of `withTurn`, carried by the OpenTelemetry context; without a context manager by the runtime's
 * `AsyncLocalStorage`, and where there is none by the synchronous part of the work. Reads nothing of the SDK.
 */
import { createContextKey, type Context } from "@opentelemetry/api";
import { createAsyncStorage, type AsyncStorage } from "../builtin-module.ts";
import { contain, runOnce, warnOnce } from "../containment.ts";
import type { Scalar } from "../semconv/records.ts";
import { activeContext, runInContext } from "./context.ts";

type TurnAttributes = ReadonlyMap<string, Scalar>;

/** The same in every copy of ours. */
const TURN_KEY = createContextKey("ai-spans turn attributes");

/** Made for the first turn without a context manager. `undefined` inside: the runtime has none. */
let storage: { readonly found: AsyncStorage | undefined } | undefined;
/** The turn whose synchronous part runs without a context manager. */
let entered: TurnAttributes | undefined;

/** The attributes of all enclosing turns; the innermost wins. */
export function turnAttributes(active: Context): TurnAttributes | undefined {
  const attributes = active.getValue(TURN_KEY) ?? entered ?? storedTurn();
  return attributes instanceof Map ? (attributes as TurnAttributes) : undefined;
}

function storedTurn(): unknown {
  const found = storage?.found;
  return found && contain("withTurn", () => found.getStore());
}

export function runInTurn<T>(attributes: TurnAttributes, work: () => T): T {
  const active = activeContext();
  // The innermost first: of a crowd of attributes the first are recorded.
  const merged = new Map(attributes);
  for (const [name, value] of turnAttributes(active) ?? []) if (!merged.has(name)) merged.set(name, value);
  return runInContext(active.setValue(TURN_KEY, merged), () =>
    activeContext().getValue(TURN_KEY) === merged ? work() : runWithoutManager(merged, work),
  );
}

function runWithoutManager<T>(attributes: TurnAttributes, work: () => T): T {
  warnOnce(
    "withTurn: no context manager is registered; register one, as NodeSDK does, or what starts after an `await` may lack its attributes and its parent",
  );
  storage ??= { found: createAsyncStorage() };
  const { found } = storage;
  const enter = (): T => {
    const before = entered;
    entered = attributes;
    try {
      return work();
    } finally {
      entered = before;
    }
  };
  return found ? runOnce("withTurn", enter, (run) => found.run(attributes, run)) : enter();
}

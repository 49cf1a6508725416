/**
 * Carries the attributes of `withTurn` in the OpenTelemetry context. Without a context manager, the runtime's
 * `AsyncLocalStorage` carries them. Without that too, only the synchronous part of the work has them.
 */
import { createContextKey, type Context } from "@opentelemetry/api";
import { createAsyncStorage, type AsyncStorage } from "../foundation/builtin-module.ts";
import { contain, runOnce, warnOnce } from "../foundation/containment.ts";
import type { Scalar, Turn } from "../semconv/records.ts";
import { activeContext, runInContext } from "./context.ts";
import { contextWith } from "./derived-context.ts";

type TurnAttributes = ReadonlyMap<string, Scalar>;

/** The same key in every copy of ai-spans. */
const TURN_KEY = createContextKey("ai-spans turn attributes");

/** The key of a storage that all copies of ai-spans share. The first turn without a context manager creates it. */
const STORAGE_KEY: unique symbol = Symbol.for("ai-spans.turns.v1");
const shared = globalThis as { [STORAGE_KEY]?: AsyncStorage | undefined };
/** The turn whose work is running synchronously without a context manager. */
let entered: TurnAttributes | undefined;

/** The attributes of all enclosing turns. If two turns have the same attribute, the value of the inner turn is used. */
export function turnAttributes(active: Context): TurnAttributes | undefined {
  const attributes = active.getValue(TURN_KEY) ?? entered ?? storedTurn();
  return attributes instanceof Map ? (attributes as TurnAttributes) : undefined;
}

function storedTurn(): unknown {
  const storage = shared[STORAGE_KEY];
  return storage && contain("withTurn", () => storage.getStore());
}

/** The context for the work of a run. Runs inside it inherit the conversation and the user of this run. */
export function continueTurn(context: Context, { identity, metadata }: Turn): Context {
  const inherited = turnAttributes(context);
  const { conversationId } = identity;
  const userId = metadata.get("userId");
  const isKnown =
    conversationId === inherited?.get("conversationId")?.toString() && userId === inherited?.get("userId");
  if (isKnown) return context;
  const merged = new Map(inherited);
  if (conversationId !== undefined) merged.set("conversationId", conversationId);
  if (userId !== undefined) merged.set("userId", userId);
  return contextWith(context, TURN_KEY, merged);
}

/** Runs work. Each call inside it records the attributes. */
export function runInTurn<T>(attributes: TurnAttributes, work: () => T): T {
  const active = activeContext();
  // The inner turn's attributes come first, because only the first 64 are recorded.
  const merged = new Map(attributes);
  for (const [name, value] of turnAttributes(active) ?? []) if (!merged.has(name)) merged.set(name, value);
  return runInContext(active.setValue(TURN_KEY, merged), () =>
    activeContext().getValue(TURN_KEY) === merged ? work() : runWithoutManager(merged, work),
  );
}

function runWithoutManager<T>(attributes: TurnAttributes, work: () => T): T {
  warnOnce(
    "withTurn: no context manager is registered; register one, as NodeSDK does, or what starts after an `await` has no parent, and without AsyncLocalStorage no attributes",
  );
  const storage = contain("withTurn", () => (shared[STORAGE_KEY] ??= createAsyncStorage()));
  const enter = (): T => {
    const before = entered;
    entered = attributes;
    try {
      return work();
    } finally {
      entered = before;
    }
  };
  return storage ? runOnce("withTurn", enter, (run) => storage.run(attributes, run)) : enter();
}

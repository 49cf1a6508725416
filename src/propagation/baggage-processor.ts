/**
 * Named baggage entries and members of `tracestate` as attributes of the spans of ai-spans, and of no other. Reads those of
 * the span's parent context and of its links; changes none.
 */
import { propagation, trace, type Context } from "@opentelemetry/api";
import { contain, contained } from "../foundation/containment.ts";
import { asRecord, isString } from "../foundation/structure.ts";
import { callMethod } from "../carriers/headers.ts";
import { cut } from "../semconv/span-attributes.ts";
import { SCOPE_NAME } from "../spans/scope.ts";

export interface BaggageSpanProcessorOptions {
  /** Names of baggage entries, which are the attribute keys too, such as `tenant.id`. At most 32. */
  readonly keys?: readonly string[];
  /** Names of members of `tracestate`, which are the attribute keys too. At most 32. */
  readonly traceState?: readonly string[];
}

/** What the span processors of OpenTelemetry's SDKs, 1.x to 3.x, have in common. */
export interface BaggageSpanProcessor {
  onStart(span: object, parentContext: Context): void;
  onEnd(span: object): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

const MAXIMUM_KEYS = 32;

/**
 * A span processor, to be registered before the exporting ones, that sets the baggage entries named in `keys` and the
 * members of `tracestate` named in `traceState` on the spans of ai-spans when they start. Values are cut at 1,024
 * characters; an attribute that is there stays. Never sets an entry that is not named, never touches other spans, never
 * throws afterwards.
 *
 * A member is read from the span's parent, else from its links: the root of `withLinkedTrace` has those of its sender.
 *
 * @throws TypeError when neither is a list of 1 to 32 non-empty strings, or one of the two is something else
 */
export function createBaggageSpanProcessor(options: BaggageSpanProcessorOptions): BaggageSpanProcessor {
  const keys = checkedNames(options, "keys");
  const members = checkedNames(options, "traceState");
  if (keys.length + members.length === 0) throw invalid("keys");
  return {
    onStart: contained("baggage", (span: object, parentContext: Context) => {
      if (!isOurs(span)) return;
      const baggage = propagation.getBaggage(parentContext);
      copyEntries(keys, (key) => baggage?.getEntry(key)?.value, span);
      if (members.length > 0) copyEntries(members, memberReader(span, parentContext), span);
    }),
    onEnd: () => {},
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}

function checkedNames(options: unknown, option: "keys" | "traceState"): readonly string[] {
  const names = asRecord(options)?.[option];
  if (names === undefined) return [];
  const isValid =
    Array.isArray(names) &&
    names.length > 0 &&
    names.length <= MAXIMUM_KEYS &&
    names.every((name) => isString(name) && name !== "");
  if (!isValid) throw invalid(option);
  return names.map(String);
}

function invalid(option: string): TypeError {
  return new TypeError(`createBaggageSpanProcessor: ${option} must be a list of 1 to ${MAXIMUM_KEYS} names`);
}

/** SDK 1.x calls the scope the instrumentation library. */
function isOurs(span: object): boolean {
  const { instrumentationScope, instrumentationLibrary } = asRecord(span) ?? {};
  return asRecord(instrumentationScope ?? instrumentationLibrary)?.name === SCOPE_NAME;
}

/** Of the parent, else of the first link that has the member. */
function memberReader(span: object, parentContext: Context): (name: string) => unknown {
  const links = asRecord(span)?.links;
  const states: unknown[] = [trace.getSpanContext(parentContext)?.traceState];
  for (const link of Array.isArray(links) ? links : [])
    states.push(asRecord(asRecord(link)?.context)?.traceState);
  return (name) => {
    for (const state of states) {
      const value = callMethod(state, "get", name);
      if (value !== undefined) return value;
    }
    return undefined;
  };
}

function copyEntries(keys: readonly string[], read: (key: string) => unknown, span: object): void {
  const present = asRecord(asRecord(span)?.attributes);
  for (const key of keys) {
    contain("baggage", () => {
      const value = read(key);
      if (!isString(value) || value === "" || present?.[key] !== undefined) return;
      callMethod(span, "setAttribute", key, cut(value));
    });
  }
}

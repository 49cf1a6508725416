/**
 * Copies named baggage entries and `tracestate` members to attributes of our spans. Reads the entries from the context
 * of the span's parent. Reads the members from the parent and from the span's links. Other spans are never changed.
 */
import { propagation, trace, type Context } from "@opentelemetry/api";
import { contain, contained } from "../foundation/containment.ts";
import { asRecord, isString } from "../foundation/structure.ts";
import { callMethod } from "../carriers/headers.ts";
import { cut } from "../semconv/span-attributes.ts";
import { INSTRUMENTATION_SCOPE_NAME } from "../spans/instrumentation-scope.ts";

/** The options of `createBaggageSpanProcessor`. At least one of the lists is needed. */
export interface BaggageSpanProcessorOptions {
  /** Names of baggage entries, such as `tenant.id`. The attribute has the same name. At most 32. Default: none. */
  readonly keys?: readonly string[];
  /** Names of `tracestate` members. The attribute has the same name. At most 32. Default: none. */
  readonly traceState?: readonly string[];
}

/** The methods that the span processors of OpenTelemetry's SDKs 1, 2 and 3 all have. */
export interface BaggageSpanProcessor {
  onStart(span: object, parentContext: Context): void;
  onEnd(span: object): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

const MAXIMUM_KEYS = 32;

/**
 * Creates a span processor that copies baggage to the spans of ai-spans when they start. It copies the entries named in
 * `keys` and the `tracestate` members named in `traceState`. Register it before the processors that export.
 *
 * An attribute is a string, cut at 1,024 characters. An attribute that the span already has is not replaced. A
 * `tracestate` member is read from the span's parent. If the parent does not have it, the span's links are read. For
 * example, the root of `withLinkedTrace` gets the member from its link to the sender.
 *
 * The processor never copies an entry that is not named, never changes other spans, and never throws.
 *
 * @throws TypeError when neither list is passed, or when a list is not 1 to 32 strings that are not empty
 *
 * @example
 * const provider = new BasicTracerProvider({
 *   spanProcessors: [createBaggageSpanProcessor({ keys: ["tenant.id"] }), new BatchSpanProcessor(exporter)],
 * });
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

/** Whether the span belongs to our instrumentation scope. SDK 1 calls the scope `instrumentationLibrary`. */
function isOurs(span: object): boolean {
  const { instrumentationScope, instrumentationLibrary } = asRecord(span) ?? {};
  return asRecord(instrumentationScope ?? instrumentationLibrary)?.name === INSTRUMENTATION_SCOPE_NAME;
}

/** @returns a function that reads a member from the parent, or else from the first link that has it */
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

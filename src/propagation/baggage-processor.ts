/**
 * Named baggage entries as attributes of the spans of ai-spans, and of no other. Reads the baggage of the span's parent
 * context; changes none.
 */
import { propagation, type Context } from "@opentelemetry/api";
import { contain, contained } from "../containment.ts";
import { asRecord, isString } from "../readers/structure.ts";
import { callMethod } from "../carriers/headers.ts";
import { cut } from "../semconv/span-attributes.ts";
import { SCOPE_NAME } from "../spans/scope.ts";

export interface BaggageSpanProcessorOptions {
  /** Names of baggage entries, which are the attribute keys too, such as `tenant.id`. At most 32. */
  readonly keys: readonly string[];
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
 * A span processor, to be registered before the exporting ones, that sets the baggage entries named in `keys` on the
 * spans of ai-spans when they start. Values are cut at 1,024 characters; an attribute that is there stays. Never sets
 * an entry that is not named, never touches other spans, never throws afterwards.
 *
 * @throws TypeError when `keys` is no list of 1 to 32 non-empty strings
 */
export function createBaggageSpanProcessor(options: BaggageSpanProcessorOptions): BaggageSpanProcessor {
  const keys = checkedKeys(options);
  return {
    onStart: contained("baggage", (span: object, parentContext: Context) => {
      if (isOurs(span)) copyEntries(keys, parentContext, span);
    }),
    onEnd: () => {},
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}

function checkedKeys(options: unknown): readonly string[] {
  const keys = asRecord(options)?.keys;
  const isValid =
    Array.isArray(keys) &&
    keys.length > 0 &&
    keys.length <= MAXIMUM_KEYS &&
    keys.every((key) => isString(key) && key !== "");
  if (!isValid) {
    throw new TypeError(`createBaggageSpanProcessor: keys must be a list of 1 to ${MAXIMUM_KEYS} names`);
  }
  return keys.map(String);
}

/** SDK 1.x calls the scope the instrumentation library. */
function isOurs(span: object): boolean {
  const { instrumentationScope, instrumentationLibrary } = asRecord(span) ?? {};
  return asRecord(instrumentationScope ?? instrumentationLibrary)?.name === SCOPE_NAME;
}

function copyEntries(keys: readonly string[], parentContext: Context, span: object): void {
  const baggage = propagation.getBaggage(parentContext);
  const present = asRecord(asRecord(span)?.attributes);
  for (const key of keys) {
    contain("baggage", () => {
      const value = baggage?.getEntry(key)?.value;
      if (!isString(value) || value === "" || present?.[key] !== undefined) return;
      callMethod(span, "setAttribute", key, cut(value));
    });
  }
}

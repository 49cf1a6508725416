/**
 * Observes the exporters behind a tracer provider: how many spans each of them got, exported and failed to export. An
 * exporter's `export` and a processor's `onEnd` and `forceFlush` are replaced by functions that call the original.
 *
 * The OpenTelemetry SDK has no public list of processors, so they are searched in the fields of SDK 2 and 3. A span or
 * a provider has a field with a processor. A processor has fields with other processors or an exporter. An exporter in
 * any other field is not observed.
 */
import { contain, contained } from "../foundation/containment.ts";
import { asRecord, isFunction, isRecord, isString, readProperty } from "../foundation/structure.ts";
import { add, failureCode } from "./failure-code.ts";
import type { Ledger } from "./ledger.ts";
import { observeMethod, type ObservedCall } from "./observed-method.ts";
import type { SpanScopes } from "./span-scopes.ts";

export interface ExporterFacts {
  /** Class names of the exporters, in the order in which they were found. */
  readonly names: readonly string[];
  /** Whether the provider has the `MultiSpanProcessor` of a known SDK, in which its processors are. */
  readonly isKnownSDK: boolean;
  /** Whether a processor was found. It may have no exporter. */
  readonly hasProcessor: boolean;
  /** Calls of `export` whose result is not known yet. */
  readonly pending: number;
  /** How many spans failed, by HTTP status, error code or class of the error. */
  readonly failures: ReadonlyMap<string, number>;
  /** How often `forceFlush` was called. */
  readonly flushes: number;
}

/**
 * The depth of the search: provider, its `MultiSpanProcessor`, the list in it, a processor, a processor inside, its
 * exporter.
 */
const DEPTH = 6;

export class Exporters implements ExporterFacts {
  readonly names: string[] = [];
  isKnownSDK = false;
  hasProcessor = false;
  pending = 0;
  flushes = 0;
  readonly failures = new Map<string, number>();
  readonly #known = new WeakSet<object>();
  readonly #ledger: Ledger;
  readonly #scopes: SpanScopes;

  constructor(ledger: Ledger, scopes: SpanScopes) {
    this.#ledger = ledger;
    this.#scopes = scopes;
  }

  /** @param owner a provider, a processor or a span of an OpenTelemetry SDK, or a field of one */
  find(owner: unknown, depth = DEPTH): void {
    if (!isRecord(owner) || depth === 0 || this.#known.has(owner)) return;
    this.#known.add(owner);
    if (isExporter(owner)) {
      this.#observe(owner);
      return;
    }
    if (isProcessor(owner)) {
      // The SDK combines all processors of a provider in one `MultiSpanProcessor`, which has this list.
      if (Array.isArray(readProperty(owner, "_spanProcessors"))) this.isKnownSDK = true;
      else this.hasProcessor = true;
      // The scope is read here because a span may never be exported. It is read again at the export, because a
      // processor may add attributes after `onEnd`.
      observeMethod(owner, "onEnd", ([span]) => {
        this.#readScope(span);
      });
      observeMethod(owner, "forceFlush", () => {
        this.flushes += 1;
      });
    }
    for (const name of Object.keys(owner)) {
      if (/processor|exporter|^\d+$|delegate/i.test(name)) this.find(readProperty(owner, name), depth - 1);
    }
  }

  #observe(exporter: object): void {
    const name = readProperty(readProperty(exporter, "constructor"), "name");
    if (!observeMethod(exporter, "export", (args) => this.#onExport(args))) return;
    this.names.push(
      isString(name) && /^(?!Object$)\w{1,64}$/.test(name) ? name : "an exporter without a class",
    );
  }

  /**
   * @returns the same arguments for the exporter, except that the callback records the result before it calls the SDK's
   */
  #onExport(args: readonly unknown[]): ObservedCall {
    const [spans, onDone] = args;
    const batch: readonly unknown[] = Array.isArray(spans) ? spans : [spans];
    for (const span of batch) contain("doctor: exported span", () => this.#readScope(span));
    const ids = batch.map(spanIdOf);
    let isPending = true;
    this.pending += 1;
    const onResult = contained("doctor: export", (result: unknown) => {
      if (!isPending) return;
      isPending = false;
      this.pending -= 1;
      const hasFailed = readProperty(result, "code") !== 0;
      this.#ledger.onExported(ids, !hasFailed);
      if (hasFailed) add(this.failures, failureCode(readProperty(result, "error")), batch.length);
    });
    const onThrow = (error: unknown): void => {
      onResult({ error });
    };
    if (!isFunction(onDone)) {
      // An export without a callback reports no result, so it counts as a success.
      onResult({ code: 0 });
      return {};
    }
    const observed = function (this: unknown, ...results: unknown[]): unknown {
      onResult(results[0]);
      return Reflect.apply(onDone, this, results);
    };
    return { args: [spans, observed, ...args.slice(2)], onThrow };
  }

  #readScope(span: unknown): void {
    const name = readProperty(readProperty(span, "instrumentationScope"), "name");
    this.#scopes.add(name, Object.keys(asRecord(readProperty(span, "attributes")) ?? {}));
  }
}

function isExporter(value: object): boolean {
  return isFunction(readProperty(value, "export")) && isFunction(readProperty(value, "shutdown"));
}

function isProcessor(value: object): boolean {
  return isFunction(readProperty(value, "onEnd")) && isFunction(readProperty(value, "forceFlush"));
}

export function spanIdOf(span: unknown): string | undefined {
  const spanContext = readProperty(span, "spanContext");
  const spanId = isFunction(spanContext)
    ? contain("doctor: span", () => readProperty(spanContext.call(span), "spanId"))
    : undefined;
  return isString(spanId) ? spanId : undefined;
}

/** The facts that checks look at: a snapshot of one moment. Numbers and names only. */
import type { ExporterFacts } from "./exporters.ts";
import type { LedgerFacts } from "./ledger.ts";
import type { LoadedSDK } from "./loaded-sdks.ts";
import type { Registration } from "./registration.ts";
import type { ContextFacts } from "./context-probe.ts";
import type { ScopeFacts } from "./span-scopes.ts";

export interface Facts {
  readonly moment: "running" | "exit";
  /** Whether the doctor was loaded before the program, so that it has missed nothing. */
  readonly isPreloaded: boolean;
  readonly registration: Registration;
  readonly context: ContextFacts;
  readonly ledger: LedgerFacts;
  readonly exporters: ExporterFacts;
  /** Failed requests of OTLP exporters, by HTTP status or error code. */
  readonly failedRequests: ReadonlyMap<string, number>;
  /** The copies of the AI SDK in the process; `undefined` where the runtime does not list its scripts. */
  readonly sdks: readonly LoadedSDK[] | undefined;
  /** Calls of AI SDK 7 that neither a wrapper nor an adapter has traced. */
  readonly untracedCalls: number;
  /** Calls of AI SDK 7, traced or not. */
  readonly callsOfV7: number;
  /** Those of `callsOfV7` that a wrapper has traced. */
  readonly wrappedCallsOfV7: number;
  /** Calls of AI SDK 5 and 6; `undefined` where they are not counted. */
  readonly callsOfOlder: number | undefined;
  /** The integrations that are registered with AI SDK 7. */
  readonly adaptersRegistered: number;
  /** Names of other instrumentations of the AI SDK. */
  readonly neighbors: readonly string[];
  /** By the name of the instrumentation scope; ai-spans is one of them. */
  readonly scopes: ReadonlyMap<string, ScopeFacts>;
  /** The serverless platform; `undefined` elsewhere. */
  readonly platform: string | undefined;
}

/** The facts about the process that checks look at: a snapshot of one moment. It holds only numbers and names. */
import type { ExporterFacts } from "./exporters.ts";
import type { LedgerFacts } from "./ledger.ts";
import type { LoadedSDK } from "./loaded-sdks.ts";
import type { Registration } from "./registration.ts";
import type { ContextFacts } from "./context-probe.ts";
import type { ScopeFacts } from "./span-scopes.ts";

export interface ProcessFacts {
  readonly moment: "running" | "exit";
  /** Whether the doctor was loaded before the program, so that it has observed everything. */
  readonly isPreloaded: boolean;
  readonly registration: Registration;
  readonly context: ContextFacts;
  readonly ledger: LedgerFacts;
  readonly exporters: ExporterFacts;
  /** How many requests of OTLP exporters failed, by HTTP status or error code. */
  readonly failedRequests: ReadonlyMap<string, number>;
  /** The copies of the AI SDK in the process; `undefined` where the runtime does not list its scripts. */
  readonly sdks: readonly LoadedSDK[] | undefined;
  /** How many calls of AI SDK 7 neither a wrapper nor an adapter has traced. */
  readonly untracedCalls: number;
  /** How many calls of AI SDK 7 there were, traced or not. */
  readonly callsOfV7: number;
  /** How many of `callsOfV7` went through a wrapped SDK. */
  readonly wrappedCallsOfV7: number;
  /** How many calls of AI SDK 5 and 6 there were, traced or not; `undefined` where they are not counted. */
  readonly callsOfOlder: number | undefined;
  /** How many of our adapters are registered with AI SDK 7. */
  readonly adaptersRegistered: number;
  /** Names of other instrumentations of the AI SDK. */
  readonly neighbors: readonly string[];
  /** The spans' instrumentation scopes, by name. ai-spans is one of them. */
  readonly scopes: ReadonlyMap<string, ScopeFacts>;
  /** The name of the serverless platform; `undefined` where there is none. */
  readonly platform: string | undefined;
}

/**
 * What an exit is: one program text that runs on every major, bare and wrapped, and the spans it leaves. The runner
 * holds the wrapped run against the bare one in everything an application or its provider could notice.
 */
import type { ServerResponse } from "node:http";
import { withTurn, wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { call, type Application, type ExpectedTree, type ForcedDifference } from "../conformance/program.ts";
import { toolOf } from "../conformance/programs/tool-loops.ts";
import { turn } from "../support/gate.ts";
import {
  majors,
  type CallParameters,
  type GenerateResult,
  type Major,
  type MajorName,
  type ReadableIterable,
  type SDK,
  type StreamResult,
} from "../support/majors.ts";
import { collectRejections } from "../support/rejections.ts";
import { scriptedModel, type ScriptedModel, type ScriptedStep } from "../support/scripted-model.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";
import { expectSpans, type Rules } from "./expect-spans.ts";

/** A streamed result with all the ways to read it; the major's own result lacks some. */
export interface ExitResult extends StreamResult {
  readonly stream: ReadableIterable<{ readonly type: string }>;
  readonly partialOutputStream: ReadableIterable<unknown>;
  readonly elementStream: ReadableIterable<unknown>;
  pipeUIMessageStreamToResponse(response: ServerResponse, options?: object): unknown;
  pipeTextStreamToResponse(response: ServerResponse): unknown;
}

export type StreamOperation = "streamText" | "experimental_streamTextLowMemory";

/** An application on one SDK, bare or wrapped, with scripted providers. */
export class ExitApplication {
  readonly major: Major;
  readonly sdk: SDK;
  readonly models: ScriptedModel[] = [];
  readonly #telemetry: Telemetry;
  readonly #conformance: Application;
  readonly #operation: StreamOperation;

  constructor(major: Major, sdk: SDK, telemetry: Telemetry, operation: StreamOperation) {
    this.major = major;
    this.sdk = sdk;
    this.#telemetry = telemetry;
    this.#conformance = { major, sdk, tracer: telemetry.tracer, withTurn };
    this.#operation = operation;
  }

  streamText(steps: readonly ScriptedStep[], parameters: CallParameters = {}): ExitResult {
    // The programs name the majors that have what they read.
    const operations = this.sdk as unknown as Record<StreamOperation, (parameters: CallParameters) => ExitResult>;
    return operations[this.#operation](this.parameters(steps, parameters));
  }

  generateText(steps: readonly ScriptedStep[], parameters: CallParameters = {}): Promise<GenerateResult> {
    return this.sdk.generateText(this.parameters(steps, parameters));
  }

  parameters(steps: readonly ScriptedStep[], parameters: CallParameters = {}): CallParameters {
    const scripted = scriptedModel(this.major, steps);
    this.models.push(scripted);
    return call(this.#conformance, scripted.model, parameters);
  }

  /** Parameters of a loop over one tool, `searchRooms`. */
  loop(execute: Parameters<typeof toolOf>[1]): CallParameters {
    const searchRooms = toolOf(this.#conformance, execute);
    return { tools: { searchRooms }, stopWhen: this.major.stepCount(5) };
  }

  /** Holds the spans that are open by now, by operation; says nothing on the bare SDK. */
  expectOpen(...operations: readonly string[]): void {
    if (this.sdk === this.major.ai) return;
    const open = this.#telemetry.open.map(({ attributes }) => attributes["gen_ai.operation.name"]);
    expect(open, "operations whose spans are open").toEqual(operations);
  }
}

export interface Exit extends Rules {
  /** Present tense: how the run ends. */
  readonly title: string;
  /** Majors that have the feature at all; default: every one. */
  readonly majors?: readonly MajorName[];
  /** Options for `wrapAISDK`. */
  readonly options?: CallParameters;
  /** Resolves with what the application saw: plain data, the same on the bare SDK. */
  readonly run: (app: ExitApplication) => Promise<unknown>;
  readonly expected: ExpectedTree;
  readonly forced?: ForcedDifference;
}

/** What the application and its providers noticed of one run. */
interface Noticed {
  readonly seen: unknown;
  readonly unhandledRejections: number;
  readonly attempts: readonly number[];
  readonly cancels: readonly number[];
  /** Parts asked of the provider. */
  readonly pulls: readonly number[];
}

/** Turns without a read of a provider stream after which none will come. */
const QUIET_TURNS = 10;

/** Waits until no provider stream is read any more. */
export async function comeToRest({ models }: ExitApplication): Promise<void> {
  let pulls = -1;
  for (let quiet = 0; quiet < QUIET_TURNS; quiet++) {
    const now = models.reduce((sum, { counts, calls }) => sum + counts.pulls + calls.length, 0);
    if (now !== pulls) quiet = 0;
    pulls = now;
    await turn();
  }
}

async function notice(exit: Exit, app: ExitApplication): Promise<Noticed> {
  let seen: unknown;
  const rejections = await collectRejections(async () => {
    seen = await exit.run(app);
    await comeToRest(app);
  });
  return {
    seen,
    unhandledRejections: rejections.length,
    attempts: app.models.map(({ calls }) => calls.length),
    cancels: app.models.map(({ counts }) => counts.cancels),
    pulls: app.models.map(({ counts }) => counts.pulls),
  };
}

/**
 * How far v7 reads ahead of a reader that left hangs on the order of microtasks, by one part (Node 20 and 22, whose
 * `tee` drops a pull that comes while it reads): then it may be one less with us, and never one more.
 */
function expectSame(major: Major, wrapped: Noticed, bare: Noticed): void {
  const pulls = bare.pulls.map((most, index) => {
    const own = wrapped.pulls[index];
    return major.name === "v7" && own === most - 1 ? own : most;
  });
  expect(wrapped, "what the application and its provider notice").toEqual({ ...bare, pulls });
}

export function testExits(exits: readonly Exit[], operation: StreamOperation = "streamText"): void {
  for (const major of majors) {
    describe(`on ${major.name}`, () => {
      for (const exit of exits.filter(({ majors: only }) => only?.includes(major.name) ?? true)) {
        test(exit.title, async () => {
          const telemetry = setupTelemetry();
          const bare = await notice(exit, new ExitApplication(major, major.ai, telemetry, operation));
          const wrapped = new ExitApplication(major, wrapAISDK(major.ai, exit.options), telemetry, operation);
          expectSame(major, await notice(exit, wrapped), bare);
          const forced = exit.forced?.majors.includes(major.name) === true ? exit.forced : exit;
          await expectSpans(telemetry, forced.expected, exit);
        });
      }
    });
  }
}

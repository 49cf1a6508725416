/**
 * An application on one SDK, bare or wrapped, with scripted providers. The exit programs work with it.
 */
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { call } from "../conformance/program.ts";
import type { Stage } from "../harness/stage.ts";
import { turn } from "../support/gate.ts";
import type {
  CallParameters,
  GenerateResult,
  Major,
  ReadableIterable,
  SDK,
  StreamResult,
} from "../support/majors.ts";
import { scriptedModel, type ScriptedModel, type ScriptedStep } from "../support/scripted-model.ts";
import type { Telemetry } from "../support/telemetry.ts";
import { type Execute, loopOver } from "../support/tools.ts";

/** A streamed result with all ways to read it. The result of a major may lack some. */
export interface ExitResult extends StreamResult {
  readonly stream: ReadableIterable<{ readonly type: string }>;
  readonly partialOutputStream: ReadableIterable<unknown>;
  readonly elementStream: ReadableIterable<unknown>;
  readonly partialObjectStream: ReadableIterable<unknown>;
  readonly object: Promise<unknown>;
  readonly usage: Promise<object>;
  pipeUIMessageStreamToResponse(response: ServerResponse, options?: object): unknown;
  pipeTextStreamToResponse(response: ServerResponse): unknown;
}

export type StreamOperation = "streamText" | "experimental_streamTextLowMemory" | "streamObject";

export class ExitStage implements Stage {
  readonly major: Major;
  readonly sdk: SDK;
  readonly models: ScriptedModel[] = [];
  /** The results are held, because a collection would end their runs. Tests of collections empty the list. */
  readonly results: ExitResult[] = [];
  readonly #telemetry: Telemetry;
  readonly #operation: StreamOperation;

  constructor(major: Major, sdk: SDK, telemetry: Telemetry, operation: StreamOperation) {
    this.major = major;
    this.sdk = sdk;
    this.#telemetry = telemetry;
    this.#operation = operation;
  }

  streamText(steps: readonly ScriptedStep[], parameters: CallParameters = {}): ExitResult {
    // A program lists the majors that have what it reads.
    const operations = this.sdk as unknown as Record<
      StreamOperation,
      (parameters: CallParameters) => ExitResult
    >;
    const result = operations[this.#operation](this.parameters(steps, parameters));
    this.results.push(result);
    return result;
  }

  generateText(steps: readonly ScriptedStep[], parameters: CallParameters = {}): Promise<GenerateResult> {
    return this.sdk.generateText(this.parameters(steps, parameters));
  }

  parameters(steps: readonly ScriptedStep[], parameters: CallParameters = {}): CallParameters {
    const scripted = scriptedModel(this.major, steps);
    this.models.push(scripted);
    return call(this, scripted.model, parameters);
  }

  /** Parameters of a loop over one tool, `searchRooms`. */
  loop(execute: Execute): CallParameters {
    return loopOver(this.major, this.sdk, execute);
  }

  /** Asserts which spans are open now, by their operation. It asserts nothing on the bare SDK. */
  expectOpen(...operations: readonly string[]): void {
    if (this.sdk === this.major.ai) return;
    const open = this.#telemetry.open.map(({ attributes }) => attributes["gen_ai.operation.name"]);
    assert.deepEqual(open, operations, "operations whose spans are open");
  }
}

/** After this many turns without a read of a provider's stream, none will come. */
const QUIET_TURNS = 10;

/** Waits until the SDK reads no provider stream any more. */
export async function comeToRest({ models }: ExitStage): Promise<void> {
  let pulls = -1;
  for (let quiet = 0; quiet < QUIET_TURNS; quiet++) {
    const now = models.reduce((sum, { counts, calls }) => sum + counts.pulls + calls.length, 0);
    if (now !== pulls) quiet = 0;
    pulls = now;
    await turn();
  }
}

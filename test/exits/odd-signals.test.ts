/**
 * Abort signals that are not the platform's, or that break during a run. The program gets the same as on the bare SDK,
 * and no rejection is unhandled. Each model call and each tool call has its span.
 */
import { EventEmitter } from "node:events";
import { describe, expect, test } from "vitest";
import { callsTool, says } from "../conformance/script.ts";
import { turn, turns } from "../support/gate.ts";
import type { CallParameters, SDK } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import type { Telemetry } from "../support/telemetry.ts";
import { toolOf } from "../support/tools.ts";
import { type Way, WAYS } from "../support/ways.ts";
import { compare } from "../harness/compare.ts";

type Listener = (event: unknown) => unknown;

interface OddSignal {
  readonly signal: unknown;
  /** Aborts the signal, if it can be aborted. */
  readonly abort?: () => void;
  /** Makes the signal throw. */
  readonly breakIt?: () => void;
}

function fail(): never {
  throw new RangeError("an odd signal");
}

/** A signal as tests imitate it, which never fires. */
function double(more: PropertyDescriptorMap | object = {}): object {
  const signal = {
    aborted: false,
    reason: undefined,
    onabort: null,
    addEventListener(): void {},
    removeEventListener(): void {},
    throwIfAborted(): void {},
  };
  return Object.defineProperties(signal, Object.getOwnPropertyDescriptors(more));
}

/**
 * A signal over Node's emitter, as the package node-abort-controller has it. It accepts only functions as listeners.
 */
class EmittingSignal {
  readonly #emitter = new EventEmitter();
  onabort = null;
  aborted = false;
  reason: unknown = undefined;

  addEventListener(name: string, listener: Listener): void {
    this.#emitter.on(name, listener);
  }

  removeEventListener(name: string, listener: Listener): void {
    this.#emitter.removeListener(name, listener);
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  abort(): void {
    this.aborted = true;
    this.reason = new DOMException("enough", "AbortError");
    this.#emitter.emit("abort", { type: "abort", target: this });
  }
}

function bound(signal: AbortSignal, handler: ProxyHandler<AbortSignal> = {}): ProxyHandler<AbortSignal> {
  return {
    get(target, key) {
      const value: unknown = Reflect.get(signal, key, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
    ...handler,
  };
}

const SIGNALS: Readonly<Record<string, () => OddSignal>> = {
  "has no removeEventListener": () => ({ signal: double({ removeEventListener: undefined }) }),
  "has a removeEventListener that throws": () => ({ signal: double({ removeEventListener: fail }) }),
  "has an addEventListener that throws": () => ({ signal: double({ addEventListener: fail }) }),
  "has an addEventListener that calls at once": () => ({
    signal: double({ addEventListener: (_name: string, listener: Listener) => listener({ type: "abort" }) }),
  }),
  "has an addEventListener that calls a turn later": () => ({
    signal: double({
      addEventListener: (_name: string, listener: Listener) =>
        void turn().then(() => listener({ type: "abort" })),
    }),
  }),
  "has an aborted getter that throws": () => ({
    signal: double({
      get aborted(): boolean {
        return fail();
      },
    }),
  }),
  "has an aborted getter that throws after some reads": () => {
    let reads = 0;
    const aborted = (): boolean => ((reads += 1) > 6 ? fail() : false);
    return { signal: Object.defineProperty(double(), "aborted", { get: aborted }) };
  },
  "has a reason that throws": () => {
    const emitting = new EmittingSignal();
    const signal = Object.defineProperty(emitting, "reason", { get: fail, set: () => {} });
    return { signal, abort: () => emitting.abort() };
  },
  "is over an EventEmitter": () => {
    const signal = new EmittingSignal();
    return { signal, abort: () => signal.abort() };
  },
  "is frozen": () => {
    const controller = new AbortController();
    return { signal: Object.freeze(controller.signal), abort: () => controller.abort() };
  },
  "is behind a Proxy": () => {
    const controller = new AbortController();
    return {
      signal: new Proxy(controller.signal, bound(controller.signal)),
      abort: () => controller.abort(),
    };
  },
  "is behind a Proxy that is revoked": () => {
    const { signal } = new AbortController();
    const { proxy, revoke } = Proxy.revocable(signal, bound(signal));
    return { signal: proxy, breakIt: revoke };
  },
  "is behind a Proxy whose traps throw later": () => {
    const { signal } = new AbortController();
    const handler = bound(signal);
    const breakIt = (): void => {
      handler.get = fail;
      handler.has = fail;
      handler.getPrototypeOf = fail;
    };
    return { signal: new Proxy(signal, handler), breakIt };
  },
};

/** The parameters of a loop over one tool. The model breaks or aborts the signal when it is called. */
function partsOf(sdk: SDK, { major }: Way, inModel: () => void) {
  const steps = [callsTool("searchRooms", "call-1"), says("two")];
  const scripted = scriptedModel(
    major,
    steps.map((step) => ({ ...step, onCall: inModel })),
  );
  let executions = 0;
  const searchRooms = toolOf(sdk, async () => (executions += 1));
  const parameters: CallParameters = {
    model: scripted.model,
    tools: { searchRooms },
    prompt: "a room",
    stopWhen: major.stepCount(5),
    onError: () => {},
    maxRetries: 0,
  };
  return { parameters, counts: () => ({ calls: scripted.calls.length, executions }) };
}

type Run = (sdk: SDK, parameters: CallParameters) => Promise<unknown>;

async function typesOf(sdk: SDK, parameters: CallParameters, pause: boolean): Promise<string[]> {
  const types: string[] = [];
  const result = sdk.streamText(parameters);
  // By the time the program reads, the model's answer has long ended.
  if (pause) await turns(10);
  for await (const { type } of result.fullStream) types.push(type);
  return types;
}

const RUNS: Readonly<Record<string, Run>> = {
  generateText: async (sdk, parameters) => (await sdk.generateText(parameters)).text,
  streamText: (sdk, parameters) => typesOf(sdk, parameters, false),
  "streamText, read late,": (sdk, parameters) => typesOf(sdk, parameters, true),
};

/** Some of these signals make the bare SDK wait for ever. */
const TURNS_TO_END = 400;

async function patience(): Promise<string> {
  await turns(TURNS_TO_END);
  return "does not end";
}

interface Counts {
  readonly calls: number;
  readonly executions: number;
}

function countsOf({ started }: Telemetry): Counts {
  const count = (operation: string): number =>
    started.filter(({ attributes }) => attributes["gen_ai.operation.name"] === operation).length;
  return { calls: count("chat"), executions: count("execute_tool") };
}

describe.each(WAYS)("$title", (way) => {
  const rows = Object.entries(SIGNALS).flatMap(([what, make]) =>
    Object.entries(RUNS).flatMap(([operation, run]) =>
      (["nothing", "breakIt", "abort"] as const)
        .filter((act) => act === "nothing" || make()[act])
        .map((act) => ({ what, make, operation, run, act })),
    ),
  );

  test.each(rows)("$operation with a signal that $what ($act)", async ({ make, run, act }) => {
    let counts = (): Counts => ({ calls: 0, executions: 0 });
    const { telemetry } = await compare(way, async (sdk) => {
      const odd = make();
      const parts = partsOf(sdk, way, () => (act === "nothing" ? undefined : odd[act]?.()));
      counts = parts.counts;
      const running = run(sdk, { ...parts.parameters, abortSignal: odd.signal });
      return await Promise.race([running, patience()]);
    });
    // A run that fails before its model call has no chat span. The SDK may still call the model after a signal has
    // thrown.
    expect(countsOf(telemetry)).toEqual(counts());
    // A signal that has not fired causes no cancellation, whatever listeners it calls.
    const causes = telemetry.started.map(({ attributes }) => attributes["ai_spans.cancel.cause"]);
    if (act !== "abort") expect(causes).not.toContain("abort");
  });
});

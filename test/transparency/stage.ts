/**
 * Where a transparency program runs: the SDK, bare or wrapped, models that answer at a given pace, and the log of all
 * that the program sees.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { collectRejections } from "../support/rejections.ts";
import { turn } from "../support/gate.ts";
import type { CallParameters, Major, ModelCallOptions, SDK } from "../support/majors.ts";
import { scriptedModel, type ScriptedModel, type ScriptedStep } from "../support/scripted-model.ts";
import { describeValue } from "./describe-value.ts";

/** `at once`: each part in the turn in which it is asked for. `in turns`: each in a turn of the event loop of its own. */
export type Pace = "at once" | "in turns";
export const PACES: readonly Pace[] = ["at once", "in turns"];

/** Turns after which nothing moves any more that is not held up. */
const TURNS_TO_REST: Readonly<Record<Pace, number>> = { "at once": 12, "in turns": 150 };
/** Turns in which every program that ends has ended. */
const TURNS_TO_END = 1_000;
/** So many turns apart a timer is waited for: the SDK waits on one before it repeats a call. */
const TURNS_BETWEEN_TIMERS = 100;

/**
 * Before Node 24, promises carry stores only from when the first one of the process is entered. A context manager enters
 * one, so that bare runs are asked with one as well.
 */
new AsyncLocalStorage<string>().enterWith("of the tests");

export interface Entry {
  readonly channel: string;
  readonly seen: readonly unknown[];
}

export interface Application {
  readonly major: Major;
  /** Loosened: programs call it in ways that no type allows. */
  readonly sdk: SDK & Readonly<Record<string, unknown>>;
  readonly pace: Pace;
}

export interface Program {
  /** Present tense: what the program does. */
  readonly title: string;
  readonly majors?: readonly Major["name"][];
  /** Default: both. `in turns` only, where single microtasks decide what a program gets to see. */
  readonly paces?: readonly Pace[];
  readonly run: (stage: Stage) => unknown;
}

export class Stage {
  readonly major: Major;
  readonly sdk: Application["sdk"];
  readonly entries: Entry[] = [];
  readonly #pace: Pace;
  readonly #names = new Map<unknown, string>();
  readonly #models: ScriptedModel[] = [];
  readonly #storages: AsyncLocalStorage<string>[] = [];
  #ids = 0;
  #hasEnded = false;

  constructor({ major, sdk, pace }: Application) {
    this.major = major;
    this.sdk = sdk;
    this.#pace = pace;
  }

  /** Channels are compared one by one where single microtasks decide how they interleave. */
  readonly see = (channel: string, ...values: unknown[]): void => {
    this.entries.push({ channel, seen: values.map((value) => describeValue(value, this.#names)) });
  };

  /** From now on the object is told by its identity. What has become of it is looked at in the end. */
  name<T>(name: string, value: T): T {
    this.#names.set(value, name);
    return value;
  }

  /** A model of the script that is known as `the model`. */
  model(steps: readonly ScriptedStep[], name = "the model"): object {
    const scripted = scriptedModel(this.major, steps);
    this.#models.push(scripted);
    return this.name(name, this.#pace === "in turns" ? this.#slow(scripted.model) : scripted.model);
  }

  /** A store that is there for one play: each makes every promise of the process slower. */
  storage(): AsyncLocalStorage<string> {
    const storage = new AsyncLocalStorage<string>();
    this.#storages.push(storage);
    return storage;
  }

  leave(): void {
    for (const storage of this.#storages) storage.disable();
  }

  /** What most calls share: a prompt, ids that two runs have in common, silence on errors. */
  call(model: unknown, parameters: CallParameters = {}): CallParameters {
    const generateId = (): string => `id-${(this.#ids += 1)}`;
    return {
      model,
      prompt: "a room",
      onError: () => {},
      _internal: { generateId, generateCallId: generateId },
      ...parameters,
    };
  }

  async run(program: Program): Promise<void> {
    try {
      await program.run(this);
    } finally {
      this.#hasEnded = true;
    }
  }

  /** What waits for something that never comes is let be; bare and wrapped, it has got equally far by then. */
  async patience(): Promise<void> {
    for (let count = 1; count < TURNS_TO_END && !this.#hasEnded; count++) {
      await turn();
      if (count % TURNS_BETWEEN_TIMERS === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    if (!this.#hasEnded) this.see("program", "does not end");
  }

  async rest(): Promise<void> {
    for (let count = 0; count < TURNS_TO_REST[this.#pace]; count++) await turn();
  }

  /** Whatever the program did not look at itself. */
  seeWhatIsLeft(): void {
    for (const { calls, counts } of this.#models) {
      this.see("provider", { ...counts, calls: calls.map((call) => ({ ...call })) });
    }
    for (const [value, name] of this.#names) {
      const isBusy = this.#models.some(({ model }) => model === value) || typeof value !== "object";
      if (!isBusy) this.entries.push({ channel: name, seen: [describeValue(value, this.#names, true)] });
    }
  }

  #slow(model: object): object {
    const { provider, modelId, doGenerate, doStream } = model as Parameters<Major["mockModel"]>[0];
    return this.major.mockModel({
      provider,
      modelId,
      doGenerate: async (options: ModelCallOptions) => {
        await turn();
        return doGenerate.call(model, options);
      },
      doStream: async (options: ModelCallOptions) => {
        await turn();
        const answer = (await doStream.call(model, options)) as { stream: ReadableStream<unknown> };
        return { ...answer, stream: inTurns(answer.stream) };
      },
    });
  }
}

/** The same stream, pull by pull, each part in a turn of its own. */
function inTurns(stream: ReadableStream<unknown>): ReadableStream<unknown> {
  const reader = stream.getReader();
  return new ReadableStream<unknown>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        await turn();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** All that a program sees, unhandled rejections and process warnings included. */
export async function play(program: Program, application: Application): Promise<readonly Entry[]> {
  const stage = new Stage(application);
  // A rejection is counted over the whole process.
  const warn = ({ name, message }: Error): void =>
    stage.see("warnings", name, message.replace(/id: \d+/, "id"));
  process.on("warning", warn);
  try {
    const rejections = await collectRejections(async () => {
      try {
        await Promise.race([stage.run(program), stage.patience()]);
      } catch (error) {
        stage.see("program", "throws", error);
      }
      await stage.rest();
    });
    for (const rejection of rejections) stage.see("unhandled rejections", rejection);
    stage.seeWhatIsLeft();
  } finally {
    process.off("warning", warn);
    stage.leave();
  }
  return stage.entries;
}

/** The entries of each channel, in their order. */
export function byChannel(entries: readonly Entry[]): Readonly<Record<string, readonly unknown[]>> {
  return Object.fromEntries(
    [...new Set(entries.map(({ channel }) => channel))].map((name) => [
      name,
      entries.filter(({ channel }) => channel === name).map(({ seen }) => seen),
    ]),
  );
}

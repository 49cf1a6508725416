/**
 * What a transparency program runs with: the bare or the wrapped SDK, models that answer at a pace, and a log of
 * everything that the program observes.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Program } from "../harness/program.ts";
import type { Stage } from "../harness/stage.ts";
import { collectRejections } from "../support/rejections.ts";
import { turn, turns } from "../support/gate.ts";
import type { CallParameters, Major, ModelCallOptions } from "../support/majors.ts";
import { scriptedModel, type ScriptedModel, type ScriptedStep } from "../support/scripted-model.ts";
import { describeValue } from "./describe-value.ts";

/**
 * When a model sends its parts. `at once`: each part in the turn in which the SDK pulls it. `in turns`: each part in a
 * separate turn of the event loop.
 */
export type Pace = "at once" | "in turns";
export const PACES: readonly Pace[] = ["at once", "in turns"];

/** The number of turns after which only blocked work is left. */
const TURNS_TO_REST: Readonly<Record<Pace, number>> = { "at once": 12, "in turns": 150 };
/** The number of turns in which every program ends that ends at all. */
const TURNS_TO_END = 1_000;
/** Waits for a timer each time after so many turns, because the SDK waits on a timer before it repeats a call. */
const TURNS_BETWEEN_TIMERS = 100;

/**
 * Before Node 24, promises propagate stores only after the process has entered its first store. A context manager
 * enters a store, so bare runs need one too.
 */
new AsyncLocalStorage<string>().enterWith("of the tests");

export interface Entry {
  readonly channel: string;
  readonly values: readonly unknown[];
}

export interface StageSettings extends Stage {
  /** Loosely typed, because programs call the SDK in ways that no type allows. */
  readonly sdk: Stage["sdk"] & Readonly<Record<string, unknown>>;
  readonly pace: Pace;
}

/** @param sdk bare or traced */
export function settingsOn(major: Major, pace: Pace, sdk: object = major.ai): StageSettings {
  return { major, pace, sdk: sdk as StageSettings["sdk"] };
}

export interface WatchedProgram extends Program<WatchedStage, unknown> {
  /** Default: both paces. Only `in turns` if single microtasks decide what a program observes. */
  readonly paces?: readonly Pace[];
}

/** The names under which test/view imports them. */
export type { StageSettings as Application, WatchedProgram as Program };

export class WatchedStage implements Stage {
  readonly major: Major;
  readonly sdk: StageSettings["sdk"];
  readonly entries: Entry[] = [];
  readonly #pace: Pace;
  readonly #names = new Map<unknown, string>();
  readonly #models: ScriptedModel[] = [];
  readonly #storages: AsyncLocalStorage<string>[] = [];
  #ids = 0;
  #hasEnded = false;

  constructor({ major, sdk, pace }: StageSettings) {
    this.major = major;
    this.sdk = sdk;
    this.#pace = pace;
  }

  /** Adds an entry to a channel. If microtasks decide how channels interleave, each channel is compared separately. */
  readonly log = (channel: string, ...values: unknown[]): void => {
    this.entries.push({ channel, values: values.map((value) => describeValue(value, this.#names)) });
  };

  /**
   * Names an object. Entries then have the name instead of the object's content. The content is compared once, at the
   * end.
   */
  name<T>(name: string, value: T): T {
    this.#names.set(value, name);
    return value;
  }

  /** Creates a scripted model and names it `the model`, or `name`. */
  model(steps: readonly ScriptedStep[], name = "the model"): object {
    const scripted = scriptedModel(this.major, steps);
    this.#models.push(scripted);
    return this.name(name, this.#pace === "in turns" ? this.#slow(scripted.model) : scripted.model);
  }

  /** Creates a store for one play. `leave` disables it, because each store slows every promise of the process. */
  storage(): AsyncLocalStorage<string> {
    const storage = new AsyncLocalStorage<string>();
    this.#storages.push(storage);
    return storage;
  }

  leave(): void {
    for (const storage of this.#storages) storage.disable();
  }

  /**
   * The parameters that most calls share: a prompt, an `onError` that prints nothing, and ids that are the same in two
   * runs.
   */
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

  async run(program: WatchedProgram): Promise<void> {
    try {
      await program.run(this);
    } finally {
      this.#hasEnded = true;
    }
  }

  /**
   * Waits for the end of the program, and gives up on a program that never ends. By then, the bare and the wrapped
   * program have reached the same point.
   */
  async patience(): Promise<void> {
    for (let count = 1; count < TURNS_TO_END && !this.#hasEnded; count++) {
      await turn();
      if (count % TURNS_BETWEEN_TIMERS === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    if (!this.#hasEnded) this.log("program", "does not end");
  }

  async rest(): Promise<void> {
    await turns(TURNS_TO_REST[this.#pace]);
  }

  /**
   * Adds entries for what the program did not record itself: the calls of its models, and the content of its named
   * objects.
   */
  logWhatIsLeft(): void {
    for (const { calls, counts } of this.#models) {
      this.log("provider", { ...counts, calls: calls.map((call) => ({ ...call })) });
    }
    for (const [value, name] of this.#names) {
      const isBusy = this.#models.some(({ model }) => model === value) || typeof value !== "object";
      if (!isBusy) this.entries.push({ channel: name, values: [describeValue(value, this.#names, true)] });
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

/** Returns a stream with the same parts, one for each pull, each in a separate turn. */
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

/** Runs a program and returns everything that it observes, with unhandled rejections and process warnings. */
export async function play(program: WatchedProgram, settings: StageSettings): Promise<readonly Entry[]> {
  const stage = new WatchedStage(settings);
  // The warning about a rejection has a number that counts over the whole process.
  const warn = ({ name, message }: Error): void =>
    stage.log("warnings", name, message.replace(/id: \d+/, "id"));
  process.on("warning", warn);
  try {
    const rejections = await collectRejections(async () => {
      try {
        await Promise.race([stage.run(program), stage.patience()]);
      } catch (error) {
        stage.log("program", "throws", error);
      }
      await stage.rest();
    });
    for (const rejection of rejections) stage.log("unhandled rejections", rejection);
    stage.logWhatIsLeft();
  } finally {
    process.off("warning", warn);
    stage.leave();
  }
  return stage.entries;
}

/** The entries by channel, in their order. */
export function byChannel(entries: readonly Entry[]): Readonly<Record<string, readonly unknown[]>> {
  return Object.fromEntries(
    [...new Set(entries.map(({ channel }) => channel))].map((name) => [
      name,
      entries.filter(({ channel }) => channel === name).map(({ values }) => values),
    ]),
  );
}

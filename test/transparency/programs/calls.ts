/**
 * Programs that call a function of the SDK in each possible way, with every kind of object as its parameters.
 */
import { says } from "../../conformance/script.ts";
import type { CallParameters } from "../../support/majors.ts";
import type { WatchedProgram, WatchedStage } from "../stage.ts";
import { OPERATIONS, logCall, logOutcome, type OperationName } from "../watch.ts";

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

function operationOf(stage: WatchedStage, name: OperationName): AnyFunction {
  return stage.sdk[name] as AnyFunction;
}

const ARGUMENTS: Readonly<Record<string, readonly unknown[]>> = {
  "no argument": [],
  undefined: [undefined],
  null: [null],
  "a string": ["a room"],
  "a number": [7],
  "a symbol": [Symbol("a room")],
  "an array": [[]],
  "a function": [() => ({})],
  "an empty object": [{}],
  "no model": [{ prompt: "a room" }],
  "a model of no known kind": [{ model: {}, prompt: "a room" }],
  "a number as its model": [{ model: 7, prompt: "a room" }],
};

const badArguments = OPERATIONS.flatMap((name) =>
  Object.entries(ARGUMENTS).map(([what, args]): WatchedProgram => ({
    title: `calls ${name} with ${what}`,
    run: async (stage) => {
      // Without a prompt no major starts a call, so no request reaches a gateway.
      const result = await logOutcome(stage, name, () => operationOf(stage, name)(...args));
      if (result instanceof Object) await logOutcome(stage, "text", () => Reflect.get(result, "text"));
    },
  })),
);

class Booking {
  readonly #model: unknown;
  readonly prompt = "a room";
  readonly temperature = 0.5;
  static made = 0;

  constructor(model: unknown) {
    this.#model = model;
    Booking.made += 1;
  }

  get model(): unknown {
    return this.#model;
  }

  onError(): void {}
}

class PlainBooking {
  temperature = 0.5;

  get prompt(): string {
    return `a room at ${this.temperature}`;
  }

  onError(): void {}
}

function frozenDeep(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) frozenDeep(inner);
  return value;
}

/**
 * Builds an odd parameters object from plain parameters. The model stays unchanged, because mock models record their
 * calls.
 */
const SHAPES: Readonly<Record<string, (parameters: CallParameters) => object>> = {
  "a frozen object": (parameters) => {
    const { model, ...rest } = parameters;
    return Object.freeze({ model, ...(frozenDeep(rest) as object) });
  },
  "a sealed object": (parameters) => Object.seal(parameters),
  "an object without a prototype": (parameters) => Object.assign(Object.create(null) as object, parameters),
  "an object with symbol keys": (parameters) => ({ ...parameters, [Symbol("own")]: 1, [Symbol.iterator]: 2 }),
  "an object with inherited settings": (parameters) => Object.create(parameters) as object,
  "an object with a model that is not enumerable": ({ model, ...rest }) =>
    Object.defineProperty(rest, "model", { value: model }),
  "an object with settings that are not enumerable": (parameters) =>
    Object.defineProperties(parameters, { maxRetries: { value: -1 }, temperature: { value: 0.5 } }),
  "a class instance with private fields": ({ model }) => new Booking(model),
  "a class instance with getters that use it": ({ model }) => Object.assign(new PlainBooking(), { model }),
  "a Proxy": (parameters) => new Proxy(parameters, {}),
  "a Proxy that can not be listed": (parameters) =>
    new Proxy(parameters, {
      ownKeys() {
        throw new RangeError("no list");
      },
    }),
  "a Proxy that invents its values": (parameters) =>
    new Proxy({}, { get: (_target, key) => parameters[String(key)] }),
  "getters that give another prompt at each read": (parameters) => {
    let reads = 0;
    return Object.defineProperty(parameters, "prompt", {
      enumerable: true,
      get: () => `room ${(reads += 1)}`,
    });
  },
  "a setter only": (parameters) => Object.defineProperty(parameters, "seed", { enumerable: true, set() {} }),
  "messages with hidden properties": ({ prompt: _prompt, ...rest }) => ({
    ...rest,
    messages: [Object.defineProperty({ role: "user", content: "a room" }, "note", { value: 1 })],
  }),
  "unknown settings": (parameters) => ({ ...parameters, noSuchSetting: { a: 1 } }),
};

const shapes = OPERATIONS.flatMap((name) =>
  Object.entries(SHAPES).map(([what, shape]): WatchedProgram => ({
    title: `calls ${name} with ${what}`,
    run: async (stage) => {
      const model = stage.model([says("a room")]);
      await logCall(stage, name, shape(stage.call(model)) as CallParameters);
    },
  })),
);

const WAYS: Readonly<
  Record<string, (run: AnyFunction, parameters: CallParameters, stage: WatchedStage) => unknown>
> = {
  "a receiver of its own": (run, parameters) => run.call({ own: 1 }, parameters),
  "a primitive receiver": (run, parameters) => run.call(7, parameters),
  apply: (run, parameters) => run.apply({ own: 1 }, [parameters]),
  "a bound function": (run, parameters) => run.bind(null, parameters)(),
  "too many arguments": (run, parameters) => run(parameters, "second", { third: 3 }),
  "Reflect.apply": (run, parameters) => Reflect.apply(run, undefined, [parameters]),
  new: (run, parameters) => Reflect.construct(run, [parameters]),
  "new of a class that extends it": (run, parameters) => Reflect.construct(run, [parameters], Booking),
  "the receiver of the namespace": (run, parameters, stage) => run.call(stage.sdk, parameters),
};

const ways = OPERATIONS.flatMap((name) =>
  Object.entries(WAYS).map(([what, call]): WatchedProgram => ({
    title: `calls ${name} by ${what}`,
    run: async (stage) => {
      const parameters = stage.call(stage.model([says("a room")]));
      const result = await logOutcome(stage, name, () => call(operationOf(stage, name), parameters, stage));
      if (result instanceof Object) await logOutcome(stage, "text", () => Reflect.get(result, "text"));
    },
  })),
);

const mutating: readonly WatchedProgram[] = OPERATIONS.map((name) => ({
  title: `changes the parameters after the call of ${name} was made`,
  run: async (stage) => {
    const parameters = stage.name(
      "the parameters",
      stage.call(stage.model([says("a room")]), { tools: stage.name("the tools", {}) }),
    );
    const running = logCall(stage, name, parameters);
    Object.assign(parameters, { prompt: "changed", model: undefined, tools: undefined, onFinish: 7 });
    await running;
  },
}));

const shared: WatchedProgram = {
  title: "passes one parameters object to several calls at once",
  run: async (stage) => {
    const parameters = stage.name(
      "the parameters",
      stage.call(stage.model([says("a room"), says("two rooms"), says("three rooms")])),
    );
    await Promise.all([
      logOutcome(stage, "first", () => stage.sdk.generateText(parameters)),
      logOutcome(stage, "second", () => stage.sdk.generateText(parameters)),
    ]);
    await logCall(stage, "streamText", parameters);
  },
};

export const calls: readonly WatchedProgram[] = [...badArguments, ...shapes, ...ways, ...mutating, shared];

/**
 * Programs with models in every shape of an object: the arguments and receivers of their methods, and everything that
 * they may return.
 */
import { withDefaultProvider } from "../../support/default-provider.ts";
import { says } from "../../conformance/script.ts";
import type { Major, ModelCallOptions } from "../../support/majors.ts";
import { scriptedModel } from "../../support/scripted-model.ts";
import type { WatchedProgram, WatchedStage } from "../stage.ts";
import { callbacks, OPERATIONS, logCall } from "../watch.ts";

type Model = Parameters<Major["mockModel"]>[0] & Readonly<Record<string, unknown>>;

function scripted(stage: WatchedStage): Model {
  return scriptedModel(stage.major, [says("a room"), says("two rooms")]).model as Model;
}

/** The scripted model as a plain object that records the receiver of each call. */
function plain(stage: WatchedStage): Model {
  const inner = scripted(stage);
  const method = (name: "doGenerate" | "doStream") =>
    function (this: unknown, ...args: [ModelCallOptions]): Promise<unknown> {
      stage.log(name, this instanceof Object ? Reflect.ownKeys(this) : this, args.length);
      return inner[name](...args);
    };
  return {
    specificationVersion: inner["specificationVersion"],
    supportedUrls: {},
    provider: "mock-provider",
    modelId: "mock-model",
    doGenerate: method("doGenerate"),
    doStream: method("doStream"),
  };
}

class PrivateModel {
  readonly specificationVersion: unknown;
  readonly #inner: Model;
  readonly #stage: WatchedStage;

  constructor(stage: WatchedStage) {
    this.#stage = stage;
    this.#inner = scripted(stage);
    this.specificationVersion = this.#inner["specificationVersion"];
  }

  get provider(): string {
    return this.#inner.provider;
  }

  get modelId(): string {
    return this.#inner.modelId;
  }

  get supportedUrls(): object {
    return {};
  }

  doGenerate(options: ModelCallOptions): Promise<unknown> {
    this.#stage.log("doGenerate", this instanceof PrivateModel);
    return this.#inner.doGenerate(options);
  }

  doStream(options: ModelCallOptions): Promise<unknown> {
    this.#stage.log("doStream", this instanceof PrivateModel);
    return this.#inner.doStream(options);
  }
}

const thenableOf = (run: () => Promise<unknown>) => ({
  // oxlint-disable-next-line unicorn/no-thenable -- what a model may return
  then: (resolve: (value: unknown) => void, reject: (error: unknown) => void) =>
    void run().then(resolve, reject),
});

const SHAPES: Readonly<Record<string, (stage: WatchedStage) => unknown>> = {
  "a plain object": plain,
  "a frozen object": (stage) => Object.freeze(plain(stage)),
  "a Proxy": (stage) => new Proxy(plain(stage), {}),
  "an object without a prototype": (stage) => Object.assign(Object.create(null) as object, plain(stage)),
  "an object that inherits everything": (stage) => Object.create(plain(stage)) as object,
  "an instance of a class with private fields": (stage) => new PrivateModel(stage),
  "a function with properties": (stage) => Object.assign(() => {}, plain(stage)),
  "an object with symbol keys": (stage) => ({ ...plain(stage), [Symbol("own")]: 1 }),
  "an object without doStream": (stage) => ({ ...plain(stage), doStream: undefined }),
  "an object of an unknown specification": (stage) => ({ ...plain(stage), specificationVersion: "v99" }),
  "an object whose provider throws": (stage) =>
    Object.defineProperty(plain(stage), "provider", {
      get() {
        throw new RangeError("no provider");
      },
    }),
  "an object without provider and modelId": (stage) => ({
    ...plain(stage),
    provider: undefined,
    modelId: undefined,
  }),
  "an object whose methods are not async": (stage) => {
    const inner = scripted(stage);
    return {
      ...plain(stage),
      doGenerate: (options: ModelCallOptions) => thenableOf(() => inner.doGenerate(options)),
      doStream: (options: ModelCallOptions) => thenableOf(() => inner.doStream(options)),
    };
  },
  "an object whose methods throw at once": (stage) => {
    const fail = (): never => {
      throw stage.name("the error", new RangeError("no"));
    };
    return { ...plain(stage), doGenerate: fail, doStream: fail };
  },
  "an object whose methods give nothing": (stage) => ({
    ...plain(stage),
    doGenerate: async () => undefined,
    doStream: async () => undefined,
  }),
  "an object whose answers are frozen": (stage) => {
    const inner = scripted(stage);
    return {
      ...plain(stage),
      doGenerate: async (options: ModelCallOptions) => Object.freeze(await inner.doGenerate(options)),
      doStream: async (options: ModelCallOptions) => {
        const answer = (await inner.doStream(options)) as { stream: object };
        Object.freeze(answer.stream);
        return Object.freeze(answer);
      },
    };
  },
  "an object whose supportedUrls is a promise": (stage) => ({
    ...plain(stage),
    supportedUrls: Promise.resolve({ "image/*": [/^https:/] }),
  }),
};

const shapes = OPERATIONS.flatMap((operation) =>
  Object.entries(SHAPES).map(([what, toModel]): WatchedProgram => ({
    title: `uses a model that is ${what} in ${operation}`,
    run: (stage) => {
      const model = stage.name("the model", toModel(stage));
      return logCall(stage, operation, stage.call(model, { ...callbacks(stage), maxRetries: 0 }));
    },
  })),
);

const others: readonly WatchedProgram[] = OPERATIONS.flatMap((operation): WatchedProgram[] => [
  {
    title: `finds the model of ${operation} by its id`,
    run: async (stage) => {
      const model = stage.name("the model", scripted(stage));
      const provider = stage.major.mockProvider({ "room-model": model });
      await withDefaultProvider(provider, async () => {
        await logCall(stage, operation, stage.call("room-model", callbacks(stage)));
        await logCall(stage, operation, stage.call("no-such-model", { maxRetries: 0 }));
      });
    },
  },
  {
    title: `uses a model with middleware in ${operation}`,
    run: (stage) => {
      const wrap = stage.sdk["wrapLanguageModel"] as (options: object) => unknown;
      const logging =
        (name: string) =>
        (event: Readonly<Record<string, unknown>>): unknown => {
          stage.log(name, Object.keys(event), event["model"] === model);
          if (name === "transformParams") return event["params"];
          return (event[name === "wrapStream" ? "doStream" : "doGenerate"] as () => unknown)();
        };
      const model = stage.model([says("a room")]);
      const names = ["transformParams", "wrapGenerate", "wrapStream"];
      const middleware = Object.fromEntries(names.map((name) => [name, logging(name)]));
      return logCall(stage, operation, stage.call(wrap({ model, middleware })));
    },
  },
  {
    title: `finds its own option objects in the model of ${operation}`,
    run: (stage) => {
      const names = ["headers", "providerOptions"] as const;
      const callOptions = Object.fromEntries(
        names.map((name) => [name, stage.name(name, { a: { b: "c" } })]),
      );
      const onCall = (options: ModelCallOptions): void => {
        for (const name of names) stage.log("given", options[name]);
        stage.log("keys", Object.keys(options), Object.isFrozen(options));
      };
      return logCall(stage, operation, stage.call(stage.model([says("a room", { onCall })]), callOptions));
    },
  },
]);

const streams: readonly WatchedProgram[] = (
  ["a byte of junk", "a part of no type", "null", "a string", "parts after the finish"] as const
).map((what) => ({
  title: `streams a model whose stream gives ${what}`,
  run: (stage) => {
    const junk = {
      "a byte of junk": new Uint8Array(1),
      "a part of no type": {},
      null: null,
      "a string": "room",
    };
    const model = {
      ...plain(stage),
      doStream: async () => ({
        stream: new ReadableStream({
          start(controller) {
            controller.enqueue({ type: "stream-start", warnings: [] });
            if (what !== "parts after the finish") controller.enqueue(junk[what]);
            const usage = { inputTokens: 1, outputTokens: 1, totalTokens: 2 };
            controller.enqueue({ type: "finish", finishReason: "stop", usage });
            controller.enqueue({ type: "text-start", id: "1" });
            controller.enqueue({ type: "text-delta", id: "1", delta: "late" });
            controller.enqueue({ type: "text-end", id: "1" });
            controller.close();
          },
        }),
      }),
    };
    return logCall(stage, "streamText", stage.call(model, callbacks(stage)));
  },
}));

export const models: readonly WatchedProgram[] = [...shapes, ...others, ...streams];

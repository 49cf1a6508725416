/**
 * Programs with tools and sets of tools in every shape of an object: frozen, classes, getters, proxies, prototypes.
 */
import { callsTool, says } from "../../conformance/script.ts";
import type { WatchedProgram, WatchedStage } from "../stage.ts";
import { OPERATIONS, logCall } from "../watch.ts";

type Tool = Record<PropertyKey, unknown>;

function plain(stage: WatchedStage): Tool {
  return {
    description: "searches rooms",
    inputSchema: stage.sdk.jsonSchema({ type: "object", properties: {} }),
    execute(this: unknown, ...args: unknown[]) {
      stage.log("execute", this instanceof Object ? Object.keys(this) : this, args);
      return { rooms: 2 };
    },
  };
}

class RoomSearch {
  readonly inputSchema: unknown;
  readonly #stage: WatchedStage;
  #runs = 0;

  constructor(stage: WatchedStage) {
    this.#stage = stage;
    this.inputSchema = stage.sdk.jsonSchema({ type: "object", properties: {} });
  }

  get description(): string {
    return `ran ${this.#runs} times`;
  }

  execute(input: unknown): unknown {
    this.#runs += 1;
    this.#stage.log("execute", this instanceof RoomSearch, input);
    return this.helper();
  }

  helper(): number {
    return this.#runs;
  }

  onInputAvailable(event: unknown): void {
    this.#stage.log("onInputAvailable", this.#runs, event);
  }

  toModelOutput(output: unknown): unknown {
    this.#stage.log("toModelOutput", this instanceof RoomSearch, this.#runs, output);
    return { type: "text", value: "rooms" };
  }
}

const TOOLS: Readonly<Record<string, (stage: WatchedStage) => unknown>> = {
  "a plain object": plain,
  "a frozen object": (stage) => Object.freeze(plain(stage)),
  "an object with fixed properties": (stage) =>
    Object.defineProperties(
      {},
      Object.fromEntries(
        Object.entries(plain(stage)).map(([key, value]) => [key, { value, enumerable: true }]),
      ),
    ),
  "an object without a prototype": (stage) => Object.assign(Object.create(null) as object, plain(stage)),
  "an object that inherits everything": (stage) => Object.create(plain(stage)) as object,
  "an instance of a class with private fields": (stage) => new RoomSearch(stage),
  "a Proxy": (stage) => new Proxy(plain(stage), {}),
  "a frozen Proxy": (stage) => Object.freeze(new Proxy(plain(stage), {})),
  "a function with properties": (stage) => Object.assign(() => {}, plain(stage)),
  "an object with symbol and hidden keys": (stage) =>
    Object.defineProperty({ ...plain(stage), [Symbol("own")]: 1 }, "hidden", { value: 1 }),
  "an object whose execute is a getter": (stage) => {
    const { execute, ...rest } = plain(stage);
    return Object.defineProperty(rest, "execute", { enumerable: true, get: () => execute });
  },
  "an object without execute": (stage) => ({ ...plain(stage), execute: undefined }),
  "an object whose execute is no function": (stage) => ({ ...plain(stage), execute: 7 }),
  "an object whose execute has properties": (stage) => {
    const tool = plain(stage);
    return { ...tool, execute: Object.assign(() => 2, { own: 1 }) };
  },
  "an object whose execute is bound": (stage) => ({
    ...plain(stage),
    execute: function (this: { own: number }) {
      return this.own;
    }.bind({ own: 3 }),
  }),
  "an object whose execute is an async arrow": (stage) => ({ ...plain(stage), execute: async () => 2 }),
  "a dynamic tool": (stage) => stage.sdk.dynamicTool(plain(stage)),
  "a tool of the SDK": (stage) => stage.sdk.tool(plain(stage)),
  "an object with hooks": (stage) => {
    const hook = (name: string) =>
      function (this: unknown, ...args: unknown[]): unknown {
        stage.log(name, this === undefined ? "no receiver" : this, args);
        return name === "toModelOutput" ? { type: "text", value: "rooms" } : undefined;
      };
    const names = ["onInputStart", "onInputDelta", "onInputAvailable", "toModelOutput"];
    return { ...plain(stage), ...Object.fromEntries(names.map((name) => [name, hook(name)])) };
  },
  "an object whose schema is a function that knows itself": (stage) => {
    const known = new WeakMap<object, object>();
    const schema = (): never => {
      throw new RangeError("not called");
    };
    const standard = Object.defineProperty(schema, "~standard", {
      get(this: object) {
        return known.get(this);
      },
    });
    const jsonSchema = { input: () => ({ type: "object", properties: {} }) };
    known.set(standard, {
      version: 1,
      vendor: "rooms",
      validate: (value: unknown) => ({ value }),
      jsonSchema,
    });
    return { ...plain(stage), inputSchema: standard };
  },
  "a primitive": () => 7,
  null: () => null,
};

class ToolBox {
  readonly searchRooms: unknown;

  constructor(stage: WatchedStage) {
    this.searchRooms = plain(stage);
  }

  other(): number {
    return 1;
  }
}

/** Shapes of a whole set, which has one tool. */
const SETS: Readonly<Record<string, (stage: WatchedStage) => unknown>> = {
  "a frozen set": (stage) => Object.freeze({ searchRooms: Object.freeze(plain(stage)) }),
  "a set without a prototype": (stage) =>
    Object.assign(Object.create(null) as object, { searchRooms: plain(stage) }),
  "a set that is a class instance": (stage) => new ToolBox(stage),
  "a set whose tools are inherited": (stage) => Object.create({ searchRooms: plain(stage) }) as object,
  "a set that is a Proxy": (stage) => new Proxy({ searchRooms: plain(stage) }, {}),
  "a set that is a Proxy and makes its tools up": (stage) => {
    const searchRooms = plain(stage);
    return new Proxy(
      { searchRooms },
      { get: (_target, key) => (key === "searchRooms" ? { ...searchRooms } : undefined) },
    );
  },
  "a set with a getter": (stage) => {
    const searchRooms = plain(stage);
    return {
      get searchRooms() {
        return searchRooms;
      },
    };
  },
  "a set that is a Map with properties": (stage) => Object.assign(new Map(), { searchRooms: plain(stage) }),
  "a set that is an array": (stage) => Object.assign([], { searchRooms: plain(stage) }),
  "a set with a key of the prototype's": (stage) => ({ searchRooms: plain(stage), toString: plain(stage) }),
  "a set with a hidden tool": (stage) =>
    Object.defineProperty({}, "searchRooms", { value: plain(stage), configurable: true }),
  "an empty set": () => ({}),
  "a set that is null": () => null,
  "a set that is a string": () => "tools",
  "a set that grows while it is used": (stage) => {
    const set: Record<string, unknown> = {};
    set["searchRooms"] = { ...plain(stage), execute: () => (set["bookRoom"] = plain(stage)) && 2 };
    return set;
  },
  "a set whose tool is replaced while it is used": (stage) => {
    const set: Record<string, unknown> = {};
    const execute = (): number => {
      set["searchRooms"] = { ...plain(stage), execute: () => 3 };
      return 2;
    };
    set["searchRooms"] = { ...plain(stage), execute };
    return set;
  },
  "a set with one tool under two names": (stage) => {
    const searchRooms = plain(stage);
    return { searchRooms, bookRoom: searchRooms };
  },
};

function programOf(
  operation: (typeof OPERATIONS)[number],
  what: string,
  toTools: (stage: WatchedStage) => unknown,
): WatchedProgram {
  return {
    title: `uses ${what} in ${operation}`,
    run: (stage) => {
      const model = stage.model([
        callsTool("searchRooms", "call-1"),
        callsTool("searchRooms", "call-2"),
        says("two"),
      ]);
      const tools = stage.name("the tools", toTools(stage));
      const prepareStep = (event: { tools?: unknown }): undefined => {
        stage.log("prepareStep", event);
      };
      const parameters = { tools, stopWhen: stage.major.stepCount(5), prepareStep };
      return logCall(stage, operation, stage.call(model, parameters));
    },
  };
}

export const toolShapes: readonly WatchedProgram[] = OPERATIONS.flatMap((operation) => [
  ...Object.entries(TOOLS).map(([what, toTool]) =>
    programOf(operation, `a tool that is ${what}`, (stage) => ({
      searchRooms: stage.name("the tool", toTool(stage)),
    })),
  ),
  ...Object.entries(SETS).map(([what, toTools]) => programOf(operation, what, toTools)),
]);

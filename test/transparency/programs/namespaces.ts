/**
 * Programs that use the wrapped module and its functions as objects: their keys and properties, and what a program may
 * change.
 */
import type { WatchedProgram, WatchedStage } from "../stage.ts";
import { OPERATIONS } from "../watch.ts";

function attempt(stage: WatchedStage, what: string, run: () => unknown): void {
  try {
    stage.log(what, run());
  } catch (error) {
    stage.log(what, "throws", error);
  }
}

const LOOKS: Readonly<Record<string, (object: object) => unknown>> = {
  "Object.keys": (object) => Object.keys(object),
  "Reflect.ownKeys": (object) => Reflect.ownKeys(object),
  "for in": (object) => {
    const keys: string[] = [];
    for (const key in object) keys.push(key);
    return keys;
  },
  spread: (object) => Object.keys({ ...object }),
  "property flags": (object) =>
    Reflect.ownKeys(object).map((key) => {
      const { enumerable, configurable, writable } = Object.getOwnPropertyDescriptor(object, key)!;
      return [key, enumerable, configurable, writable];
    }),
  prototype: (object) => String(Object.getPrototypeOf(object)),
  "types of all exports": (object) => Object.values(object).map((value: unknown) => typeof value),
  tag: (object) => Object.prototype.toString.call(object),
  "can be changed": (object) => [
    Object.isExtensible(object),
    Object.isSealed(object),
    Object.isFrozen(object),
  ],
  JSON: (object) => JSON.stringify(object)?.length,
  "a property that is not there": (object) => Reflect.get(object, "noSuchExport"),
  "in, of one there and one not": (object) => ["streamText" in object, "noSuchExport" in object],
  "its then": (object) => Reflect.get(object, "then"),
  "delete one that is not there": (object) => Reflect.deleteProperty(object, "noSuchExport"),
  define: (object) => Reflect.defineProperty(object, "noSuchExport", { value: 1 }),
  set: (object) => Reflect.set(object, "noSuchExport", 1),
};

const looks: readonly WatchedProgram[] = [
  {
    title: "looks at the namespace",
    run: (stage) => {
      for (const [what, look] of Object.entries(LOOKS)) attempt(stage, what, () => look(stage.sdk));
    },
  },
  {
    title: "compares every export with itself",
    run: (stage) => {
      for (const [key, value] of Object.entries(stage.sdk)) stage.log(key, value === stage.sdk[key]);
    },
  },
  {
    title: "reads the name and the keys of every exported function that is not an agent's class",
    run: (stage) => {
      for (const [key, value] of Object.entries(stage.sdk)) {
        // ai-spans replaces agent classes with subclasses, which have one more static method (docs/why/decisions).
        const isAgent = /^(Experimental_|ToolLoop)?Agent$/.test(key);
        if (typeof value === "function" && !isAgent)
          stage.log(key, value.name, value.length, Reflect.ownKeys(value));
      }
    },
  },
  {
    title: "awaits the namespace",
    run: async (stage) => {
      // `await` would call a `then` of the namespace.
      stage.log("keys", Object.keys(await Promise.resolve(stage.sdk)).length);
    },
  },
];

const FUNCTION_LOOKS: Readonly<Record<string, (operation: (...args: never[]) => unknown) => unknown>> = {
  "name and length": (operation) => [operation.name, operation.length, typeof operation],
  "own properties": (operation) => Object.getOwnPropertyDescriptors(operation),
  prototype: (operation) => Object.getPrototypeOf(operation) === Object.getPrototypeOf(async () => {}),
  "a Function": (operation) => Function.prototype.isPrototypeOf(operation),
  tag: (operation) => Object.prototype.toString.call(operation),
  "the name of a bound one": (operation) => operation.bind(null).name,
  "a property set": (operation) => {
    const results: unknown[] = [Reflect.set(operation, "mark", 1), Reflect.get(operation, "mark")];
    return [...results, Reflect.deleteProperty(operation, "mark"), Reflect.get(operation, "mark")];
  },
  extensible: (operation) => Object.isExtensible(operation),
  class: (operation) => operation.constructor.name,
};

const functions: readonly WatchedProgram[] = OPERATIONS.map((name) => ({
  title: `looks at ${name} as an object`,
  run: (stage) => {
    const operation = stage.sdk[name] as (...args: never[]) => unknown;
    for (const [what, look] of Object.entries(FUNCTION_LOOKS)) attempt(stage, what, () => look(operation));
  },
}));

export const namespaces: readonly WatchedProgram[] = [...looks, ...functions];

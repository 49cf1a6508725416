/**
 * Random operations on an object's properties, and their outcomes as words. A view of the object and a plain copy of it
 * must have the same outcomes.
 */
import { array, boolean, constant, constantFrom, oneof, option, record, type Arbitrary } from "fast-check";

/** An object that an operation writes. Its name identifies it. */
export class Written {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

type Value = "a string" | "undefined" | "an object" | "a function";
type Flags = Pick<PropertyDescriptor, "writable" | "enumerable">;

export type PropertyOperation =
  | { readonly do: "read" | "delete" | "has" | "describe" | "list"; readonly key: PropertyKey }
  | { readonly do: "write"; readonly key: PropertyKey; readonly value: Value }
  | { readonly do: "define"; readonly key: PropertyKey; readonly value: Value; readonly flags: Flags }
  | { readonly do: "define an accessor"; readonly key: PropertyKey; readonly hasSetter: boolean }
  | {
      readonly do: "define for good";
      readonly key: PropertyKey;
      readonly value: Value;
      readonly flags: Flags;
    }
  | { readonly do: (typeof ON_ALL)[number]; readonly key: PropertyKey };

/** Each operation's value is created once, so that a view and a copy get the same one. */
function makeValue(value: Value, index: number): unknown {
  if (value === "a string") return `written ${index}`;
  if (value === "an object") return new Written(`object ${index}`);
  return value === "a function" ? Object.assign(() => index, { written: index }) : undefined;
}

/** Operations that read, test or delete a property, or list all. */
export const LOOKS = ["read", "delete", "has", "describe", "list"] as const;

/** Operations on all properties of an object at once. */
export const ON_ALL = ["prevent extensions", "seal", "freeze"] as const;

export function operationsOn(
  keys: readonly PropertyKey[],
  looks: readonly (typeof LOOKS)[number][] = LOOKS,
  onAll: readonly (typeof ON_ALL)[number][] = [],
): Arbitrary<PropertyOperation[]> {
  const key = constantFrom(...keys);
  const value = constantFrom<Value>("a string", "undefined", "an object", "a function");
  const flag = option(boolean(), { nil: undefined });
  const flags = record({ writable: flag, enumerable: flag }).map((fields) => {
    // An absent field leaves the flag of the property unchanged.
    const present = Object.entries(fields).filter(([, set]) => set !== undefined);
    return Object.fromEntries(present);
  });
  return array(
    oneof<Arbitrary<PropertyOperation>[]>(
      record({ do: constantFrom(...looks), key }),
      record({ do: constant("write" as const), key, value }),
      record({ do: constant("define" as const), key, value, flags }),
      record({ do: constant("define an accessor" as const), key, hasSetter: boolean() }),
      ...(onAll.length === 0
        ? []
        : [
            record({ do: constant("define for good" as const), key, value, flags }),
            record({ do: constantFrom(...onAll), key }),
          ]),
    ),
    { maxLength: 12 },
  );
}

/**
 * A written value by its name, any other value by its type, because a view may have replacements of the object's
 * values.
 */
function wordFor(value: unknown): unknown {
  if (value instanceof Written) return value.name;
  if (typeof value === "function") {
    const written: unknown = Reflect.getOwnPropertyDescriptor(value, "written")?.value;
    return written === undefined ? "a function" : `function ${Number(written)}`;
  }
  return typeof value === "object" && value !== null ? "an object" : value;
}

function wordsFor(descriptor: PropertyDescriptor | undefined): unknown {
  if (!descriptor) return undefined;
  // `configurable` is one of the known differences.
  const { configurable: _, ...compared } = descriptor;
  return Object.fromEntries(Object.entries(compared).map(([name, value]) => [name, wordFor(value)]));
}

export interface Outcome {
  readonly operation: PropertyOperation;
  readonly outcome: unknown;
}

/** Returns a function that does the operations on an object, in their order. */
export function doAll(operations: readonly PropertyOperation[], values: readonly unknown[]) {
  return (subject: object): Outcome[] =>
    operations.map((operation, index) => ({ operation, outcome: doOne(subject, operation, values[index]) }));
}

export function valuesOf(operations: readonly PropertyOperation[]): unknown[] {
  return operations.map((operation, index) =>
    "value" in operation ? makeValue(operation.value, index) : undefined,
  );
}

function doOne(subject: object, operation: PropertyOperation, value: unknown): unknown {
  const { key } = operation;
  switch (operation.do) {
    case "read":
      return wordFor(Reflect.get(subject, key));
    case "delete":
      return Reflect.deleteProperty(subject, key);
    case "has":
      return [key in subject, Object.hasOwn(subject, key)];
    case "describe":
      return wordsFor(Reflect.getOwnPropertyDescriptor(subject, key));
    case "list":
      return Reflect.ownKeys(subject).map(String).toSorted();
    case "write":
      return [Reflect.set(subject, key, value), wordFor(Reflect.get(subject, key))];
    case "define":
      return [
        Reflect.defineProperty(subject, key, { configurable: true, value, ...operation.flags }),
        wordFor(Reflect.get(subject, key)),
      ];
    case "define for good":
      return [
        Reflect.defineProperty(subject, key, { configurable: false, value, ...operation.flags }),
        wordFor(Reflect.get(subject, key)),
        Reflect.getOwnPropertyDescriptor(subject, key)?.configurable,
      ];
    case "prevent extensions":
      return [Reflect.preventExtensions(subject), ...stateOf(subject)];
    case "seal":
      Object.seal(subject);
      return stateOf(subject);
    case "freeze":
      Object.freeze(subject);
      return stateOf(subject);
    case "define an accessor": {
      let kept: unknown = "nothing yet";
      const set = (written: unknown): void => void (kept = written);
      const accessor = { get: () => kept, ...(operation.hasSetter ? { set } : {}) };
      const isDefined = Reflect.defineProperty(subject, key, { configurable: true, ...accessor });
      const isWritten = Reflect.set(subject, key, "given");
      return [isDefined, isWritten, wordFor(Reflect.get(subject, key)), kept];
    }
  }
  return undefined;
}

function stateOf(subject: object): boolean[] {
  return [Object.isExtensible(subject), Object.isSealed(subject), Object.isFrozen(subject)];
}

/** Copies an object: the copy has the same properties and the same class. */
export function plainCopyOf(subject: object): object {
  const descriptors = Object.getOwnPropertyDescriptors(subject);
  return Object.create(Object.getPrototypeOf(subject) as object | null, descriptors) as object;
}

/** Every property of an object and of its classes, with values by identity. */
export function shapeOf(subject: object): unknown[] {
  const shape: unknown[] = [];
  for (let level: object | null = subject; level && level !== Object.prototype;) {
    const descriptors = Object.getOwnPropertyDescriptors(level);
    shape.push(Reflect.ownKeys(descriptors).map((key) => [key, Reflect.get(descriptors, key)]));
    level = Object.getPrototypeOf(level) as object | null;
  }
  return shape;
}

/**
 * Recipes of values that no specification has. Each run of a program makes its values from the same recipe, and
 * fast-check prints the recipe.
 */
import * as fc from "fast-check";

/** Names of objects that refuse to be inspected, so that two runs can compare them. */
export type Names = Map<unknown, string>;

export interface Recipe {
  make(names: Names): unknown;
  /** The title of the value, which fast-check prints. */
  [fc.toStringMethod](): string;
}

export function recipe(title: string, make: Recipe["make"]): Recipe {
  return { make, [fc.toStringMethod]: () => title };
}

export function titleOf(titled: Recipe): string {
  return titled[fc.toStringMethod]();
}

export function valueOf(title: string, value: unknown): Recipe {
  return recipe(title, () => value);
}

export const MEGABYTE = "x".repeat(1_048_576);

function refuse(): never {
  throw new RangeError("hands off");
}

/** An object that throws on every operation. */
function refusingProxy(): object {
  const traps = Object.getOwnPropertyNames(Reflect).map((trap) => [trap, refuse]);
  return new Proxy({}, Object.fromEntries(traps) as ProxyHandler<object>);
}

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** An object whose members throw, for all names that the readers use. */
function throwingGetters(): object {
  const names =
    "type id name total length unified raw inputTokens outputTokens cacheRead statusCode message toolName".split(
      " ",
    );
  return Object.defineProperties(
    {},
    Object.fromEntries(names.map((name) => [name, { enumerable: true, configurable: true, get: refuse }])),
  );
}

function cyclic(): object {
  const cycle: Record<string, unknown> = { total: 3 };
  cycle["self"] = cycle;
  cycle["inputTokens"] = cycle;
  return cycle;
}

const sound: readonly Recipe[] = [
  valueOf("undefined", undefined),
  valueOf("null", null),
  valueOf("NaN", Number.NaN),
  valueOf("Infinity", Infinity),
  valueOf("-1", -1),
  valueOf("0.5", 0.5),
  valueOf("1e300", 1e300),
  valueOf("10n", 10n),
  valueOf("true", true),
  valueOf('""', ""),
  valueOf('"12"', "12"),
  valueOf('"constructor"', "constructor"),
  valueOf("a megabyte", MEGABYTE),
  valueOf("half a character", "\ud800"),
  valueOf("a symbol", Symbol.for("garbage")),
  recipe("a function", () => () => 7),
  recipe("[]", () => []),
  recipe('["12", null]', () => ["12", null]),
  recipe("{}", () => ({})),
  recipe("no prototype", () => Object.create(null) as object),
  recipe("nested", () => ({
    total: { total: "3" },
    unified: { unified: 7 },
    raw: [{ input: {} }],
    type: {},
  })),
  recipe("a cycle", cyclic),
  recipe("a Date", () => new Date(0)),
  recipe("an error", () => new RangeError("no")),
  recipe("a map", () => new Map([["total", 3]])),
];

function refusing(title: string, make: () => object): Recipe {
  return recipe(title, (names) => {
    const made = make();
    names.set(made, `${title} ${names.size}`);
    return made;
  });
}

const hostile: readonly Recipe[] = [
  refusing("a refusing Proxy", refusingProxy),
  refusing("a revoked Proxy", revokedProxy),
  refusing("throwing getters", throwingGetters),
  recipe("writes itself with a throw", () => ({ toString: refuse, valueOf: refuse, toJSON: refuse })),
];

/** The kind of garbage: `hostile` values throw when they are read. */
export type Manners = "sound" | "hostile";

export function garbage(manners: Manners): fc.Arbitrary<Recipe> {
  return fc.constantFrom(...sound, ...(manners === "hostile" ? hostile : []));
}

type Fields = Readonly<Record<string, fc.Arbitrary<Recipe>>>;

const ABSENT = recipe("absent", () => undefined);
const THROWING = recipe("throws", () => undefined);

/** An object of this shape. A field may be missing, be garbage, or be a getter that throws. */
export function shaped(manners: Manners, fields: Fields): fc.Arbitrary<Recipe> {
  const spoilt = Object.entries(fields).map(([name, good]): [string, fc.Arbitrary<Recipe>] => [
    name,
    fc.oneof(
      { weight: 24, arbitrary: good },
      { weight: 2, arbitrary: garbage(manners) },
      { weight: 1, arbitrary: fc.constant(ABSENT) },
      ...(manners === "hostile" ? [{ weight: 1, arbitrary: fc.constant(THROWING) }] : []),
    ),
  ]);
  return fc.record(Object.fromEntries(spoilt)).map((made) => {
    const entries = Object.entries(made);
    const title = entries.map(([name, value]) => `${name}: ${titleOf(value)}`).join(", ");
    return recipe(`{ ${title} }`, (names) => {
      const object = {};
      for (const [key, value] of entries) {
        const shape = { enumerable: true, configurable: true };
        if (value === THROWING) Object.defineProperty(object, key, { ...shape, get: refuse });
        else if (value !== ABSENT)
          Object.defineProperty(object, key, { ...shape, writable: true, value: value.make(names) });
      }
      return object;
    });
  });
}

/** Mostly a good value, and sometimes garbage. */
export function mostly(manners: Manners, good: fc.Arbitrary<Recipe>): fc.Arbitrary<Recipe> {
  return fc.oneof({ weight: 15, arbitrary: good }, { weight: 1, arbitrary: garbage(manners) });
}

export function listOf(entries: fc.Arbitrary<Recipe>, maxLength: number): fc.Arbitrary<Recipe> {
  return fc
    .array(entries, { maxLength })
    .map((made) =>
      recipe(`[${made.map(titleOf).join(", ")}]`, (names) => made.map((each) => each.make(names))),
    );
}

export function oneOf(...values: readonly unknown[]): fc.Arbitrary<Recipe> {
  return fc.constantFrom(
    ...values.map((value) =>
      valueOf(value === MEGABYTE ? "a megabyte" : (JSON.stringify(value) ?? "undefined"), value),
    ),
  );
}

/**
 * Random calls with markers at random places: trees of everything that JavaScript can hold one in, and answers of a model
 * in random parts.
 */
import * as fc from "fast-check";
import type { ScriptedPart } from "../support/scripted-model.ts";
import { PARTS } from "./random-parts.ts";
import type { Markers } from "./markers.ts";

/** How many places there are to leak from. */
const PLACES = 40;

/** Private, and told by a getter of its class. */
class Secretive {
  readonly #secret: unknown;

  constructor(secret: unknown) {
    this.#secret = secret;
  }

  get secret(): unknown {
    return this.#secret;
  }
}

export interface RandomStep {
  readonly parts: readonly ScriptedPart[];
  readonly ending: "finish" | "no finish" | "in-band error" | "broken" | "refused";
  /** What it fails with, where it does. */
  readonly problem: unknown;
}

export interface RandomCall {
  readonly isStreamed: boolean;
  readonly steps: readonly RandomStep[];
  /** Parameters by their names. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What stands in metadata and in the runtime context. */
  readonly context: unknown;
  readonly toolResult: unknown;
  readonly isToolFailing: boolean;
}

/** Parameters that take anything, or that no major knows. */
const OPTIONS = [
  "providerOptions",
  "experimental_context",
  "context",
  "toolsContext",
  "stuff",
  "settings",
  "metadata",
  "config",
  "input",
  "reasoningText",
] as const;

const ENDINGS = ["finish", "finish", "finish", "no finish", "in-band error", "broken", "refused"] as const;

export function randomCalls(markers: Markers): fc.Arbitrary<RandomCall> {
  const place = fc.nat(PLACES - 1).map((number) => `random ${number}`);
  const text = place.map((name) => markers.text(name));
  const word = place.map((name) => markers.word(name));
  const { tree } = fc.letrec<{ tree: unknown; leaf: unknown }>((tie) => ({
    leaf: fc.oneof(
      text,
      word,
      place.map((name) => markers.number(name)),
      place.map((name) => markers.bytes(name)),
      text.map((said) => Symbol(said)),
      text.map((said) => () => said),
      text.map((said) => new URL(`https://test/?${encodeURIComponent(said)}`)),
      text.map((said) => new TypeError(said, { cause: said })),
    ),
    tree: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      tie("leaf"),
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(word, tie("tree"), { maxKeys: 3 }),
      fc.array(fc.tuple(word, tie("tree")), { maxLength: 2 }).map((entries) => new Map(entries)),
      fc.array(tie("tree"), { maxLength: 2 }).map((entries) => new Set(entries)),
      fc.tuple(word, tie("tree")).map(([key, inner]) => ({ [Symbol.for(key)]: inner })),
      tie("tree").map((inner) => new Secretive(inner)),
      fc.tuple(word, tie("tree")).map(([key, inner]) => withGetter(key, inner)),
      tie("tree").map((inner) => Object.freeze({ inner })),
      tie("tree").map((inner) => Object.create({ inner }) as unknown),
    ),
  }));
  const part = fc.tuple(fc.constantFrom(...PARTS), place).map(([make, name]) => make(markers, name));
  const step = fc.record({
    parts: fc.array(part, { minLength: 1, maxLength: 5 }),
    ending: fc.constantFrom(...ENDINGS),
    problem: fc.oneof(
      tree,
      text.map((said) => Object.assign(new Error(said), { name: said })),
    ),
  });
  return fc.record({
    isStreamed: fc.boolean(),
    steps: fc.array(step, { minLength: 1, maxLength: 3 }),
    options: fc.dictionary(fc.constantFrom(...OPTIONS), tree, { maxKeys: 5 }),
    context: tree,
    toolResult: tree,
    isToolFailing: fc.boolean(),
  });
}

function withGetter(key: string, value: unknown): object {
  return Object.defineProperty({}, key, { enumerable: true, get: () => value });
}

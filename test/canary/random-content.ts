/**
 * Random calls with markers at random places. Option values are trees of every kind of JavaScript value, and answers
 * have random parts.
 */
import * as fc from "fast-check";
import type { ScriptedPart } from "../support/scripted-model.ts";
import { PARTS } from "./random-parts.ts";
import type { Markers } from "./markers.ts";

/** The number of places that have a marker of their own. */
const PLACES = 40;

/** Holds a value in a private member, which a getter of the class returns. */
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
  /** The error of the step, for an ending that is a failure. */
  readonly problem: unknown;
}

export interface RandomCall {
  readonly isStreamed: boolean;
  readonly steps: readonly RandomStep[];
  /** More parameters of the call, by name. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The value inside metadata and inside the runtime context. */
  readonly context: unknown;
  readonly toolResult: unknown;
  readonly isToolFailing: boolean;
}

/** Parameters that accept any value, and names that no major knows. */
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

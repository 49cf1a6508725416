/**
 * What a call's number determines. program/calls.mjs numbers the calls, and the model server answers by the numbers.
 */

export const MODEL = "gpt-4o-mini";
export const RESPONSE_MODEL = "gpt-4o-mini-2024-07-18";

/** The call whose stream waits after its first text until another request arrives. */
export const LEFT_CALL = 33;

/** How many calls `makeCalls` makes first, one after another with one model object. */
export const REPEATED_CALLS = 30;

/** The tokens of a step. They differ from those of every other call and step. */
export function tokensOf(number: number, step: 1 | 2): { readonly input: number; readonly output: number } {
  return { input: step * 1000 + number, output: step * 100 + number };
}

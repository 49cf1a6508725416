/**
 * What is known of a call by its number: program/calls.mjs numbers them, the model server answers by them.
 */

export const MODEL = "gpt-4o-mini";
export const RESPONSE_MODEL = "gpt-4o-mini-2024-07-18";

/** The call whose stream waits behind its first text until another request comes. */
export const LEFT_CALL = 33;

/** How many calls `makeCalls` begins with, one after another on one model object. */
export const REPEATED_CALLS = 30;

/** Other tokens than every other call, and than the call's other step. */
export function tokensOf(number: number, step: 1 | 2): { readonly input: number; readonly output: number } {
  return { input: step * 1000 + number, output: step * 100 + number };
}

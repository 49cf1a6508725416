// Compile-time assertions for the consumer projects in this folder, and proof that they can fail.

/** True only for identical types: optionality, readonly marks and overloads all count. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- TypeScript compares such functions by identity
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

export type Expect<T extends true> = T;

/** `exactly<Expected>()(value)` compiles only where the type of `value` is identical to `Expected`. */
export declare function exactly<Expected>(): <Actual>(
  value: Actual,
  ...unequal: Equal<Actual, Expected> extends true ? [] : ["the types differ"]
) => void;

interface Overloaded {
  (value: string): string;
  (value: number): number;
}

export type SelfChecks = [
  Expect<Equal<Overloaded, Overloaded>>,
  // @ts-expect-error unknown is identical to nothing else
  Expect<Equal<unknown, string>>,
  // @ts-expect-error a function rebuilt from its parameters and result keeps only its last overload
  Expect<Equal<Overloaded, (...values: Parameters<Overloaded>) => ReturnType<Overloaded>>>,
  // @ts-expect-error an optional property is not a required one
  Expect<Equal<{ a?: string }, { a: string | undefined }>>,
];

export function selfChecks(text: string): void {
  exactly<string>()(text);
  // @ts-expect-error a wider type is not the same type
  exactly<string | number>()(text);
}

// A wrapper that loses types in the usual ways. It proves that the consumer projects notice this.

/** Rebuilds every function from its parameters and result, which drops overloads and type parameters. */
export declare function wrapAISDK<T extends object>(
  ai: T,
): { [K in keyof T]: T[K] extends (...values: infer P) => infer R ? (...values: P) => R : T[K] };

export declare function withTurn<T>(attributes: object, callback: () => T): T;

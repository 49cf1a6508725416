/**
 * Makes a function of ours pass for the caller's handler where a platform tells handlers apart by their properties:
 * AWS Lambda knows a streaming handler by symbols on it. What is written to our function later stays there.
 */
import { contain } from "../foundation/containment.ts";

/** @returns `ours`, with all own properties of the handler and its prototype; an async function stays an `AsyncFunction` */
export function withPropertiesOf<F extends object>(handler: object, ours: F): F {
  contain("handler", () => {
    Object.setPrototypeOf(ours, Object.getPrototypeOf(handler));
    for (const key of Reflect.ownKeys(handler)) {
      const descriptor = Object.getOwnPropertyDescriptor(handler, key);
      if (descriptor) Reflect.defineProperty(ours, key, descriptor);
    }
  });
  return ours;
}

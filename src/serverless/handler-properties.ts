/**
 * Copies the properties of the caller's handler to our function, because platforms recognize handlers by them. For
 * example, AWS Lambda recognizes a streaming handler by symbols on it. If a platform later writes properties to our
 * function, the handler does not get them.
 */
import { contain } from "../foundation/containment.ts";

/**
 * @returns `wrapper`, with the handler's properties (not the inherited ones) and prototype. So an async function stays
 * an `AsyncFunction`.
 */
export function withPropertiesOf<F extends object>(handler: object, wrapper: F): F {
  contain("handler", () => {
    Object.setPrototypeOf(wrapper, Object.getPrototypeOf(handler));
    for (const key of Reflect.ownKeys(handler)) {
      const descriptor = Object.getOwnPropertyDescriptor(handler, key);
      if (descriptor) Reflect.defineProperty(wrapper, key, descriptor);
    }
  });
  return wrapper;
}

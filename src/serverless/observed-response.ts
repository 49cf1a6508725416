/**
 * A response whose body is observed while it is read. Whatever the program can ask of the response answers as before.
 *
 * workerd, Bun and Deno read a response that they send by its internals, not by its properties. So a response that the
 * program has constructed, and in which there is nothing but what the constructor takes, is constructed once more around
 * the observed body. Any other one has more than that: the members of a subclass, the URL that it was fetched from, the
 * program's own properties. It stays the same object, and gets its own `body`, `text()` and so on.
 */
import { contain } from "../foundation/containment.ts";
import { isFunction } from "../foundation/structure.ts";
import { observedStream, type BodyObserver } from "./response-body.ts";

/** What of a response reads its body, or tells whether it was read. */
const BODY_MEMBERS = [
  "body",
  "bodyUsed",
  "clone",
  "arrayBuffer",
  "blob",
  "bytes",
  "formData",
  "json",
  "text",
];
/** What the constructor of a response cannot be given. */
const ORIGIN_MEMBERS = ["url", "type", "redirected"] as const;

/** Whether there is a body to observe, and nobody has begun to read it. */
export function hasUnreadBody(result: unknown): result is Response {
  return (
    typeof Response !== "undefined" &&
    result instanceof Response &&
    !!result.body &&
    !result.bodyUsed &&
    !result.body.locked
  );
}

/** The response itself, unobserved, where it cannot be observed: the program has frozen it, or it is a Proxy. */
export function observedResponse(response: Response, observer: BodyObserver): Response {
  const observed = contain("response", () => {
    // The getter of the platform: a subclass may have one that shows another stream.
    const body: Response["body"] = Reflect.get(Response.prototype, "body", response);
    if (!body || !Object.isExtensible(response)) return response;
    if (isPlain(response)) return new Response(observedStream(body, observer), response);
    return observedInPlace(response, body, observer);
  });
  return observed ?? response;
}

/** Whether a constructor that is given the body and the response makes one that nobody can tell from it. */
function isPlain(response: Response): boolean {
  const fresh = new Response();
  // Some classes take note of the first look at the body, and that of `response` has been looked at.
  void fresh.body;
  const ownKeys = Reflect.ownKeys(fresh);
  return (
    Object.getPrototypeOf(response) === Response.prototype &&
    ORIGIN_MEMBERS.every((name) => response[name] === fresh[name]) &&
    Reflect.ownKeys(response).every((key) => ownKeys.includes(key))
  );
}

/** The same object. What reads its body reads a second response, around the observed body, which nobody sees. */
function observedInPlace(
  response: Response,
  body: NonNullable<Response["body"]>,
  observer: BodyObserver,
): Response {
  const ours = new Map<string, PropertyDescriptor>();
  /** Whoever has the stream, or a copy that shares it, has to find the same one later. */
  let isBodyShared = false;
  let isCloned = false;
  const onEnd = (): Promise<void> | undefined => {
    if (!isBodyShared && !isCloned) contain("response", () => removeMembers(response, ours));
    return observer.onEnd();
  };
  const reading = new Response(observedStream(body, { ...observer, onEnd }), response);
  const readBy = (receiver: unknown): unknown => (receiver === response ? reading : receiver);
  for (const name of BODY_MEMBERS) {
    const platforms = Object.getOwnPropertyDescriptor(Response.prototype, name);
    // A member of a subclass stays. What it reads by `super` is the body itself, unobserved.
    if (!platforms || !isSameMember(memberOf(response, name), platforms)) continue;
    const flags = { configurable: true, enumerable: false };
    if (platforms.get) {
      const get = function (this: unknown): unknown {
        isBodyShared ||= name === "body";
        // A subclass may have read the body itself, unobserved. A copy reads it, too.
        const isReadByOthers =
          name === "bodyUsed" && !isCloned && Reflect.get(Response.prototype, name, this);
        return isReadByOthers || Reflect.get(Response.prototype, name, readBy(this));
      };
      ours.set(name, { ...flags, get });
    } else {
      const method = {
        [name](this: unknown, ...args: unknown[]): unknown {
          isCloned ||= name === "clone";
          const result = callMember(name, readBy(this), args);
          return name === "clone" && this === response ? withOriginOf(response, result) : result;
        },
      };
      ours.set(name, { ...flags, writable: true, value: method[name] });
    }
  }
  Object.defineProperties(response, Object.fromEntries(ours));
  return response;
}

/** As the prototype has it now: the program may have patched it since. */
function callMember(name: string, response: unknown, args: readonly unknown[]): unknown {
  const method: unknown = Reflect.get(Response.prototype, name);
  return isFunction(method) ? Reflect.apply(method, response, args) : undefined;
}

/** A copy of the response that reads tells the origin of the one that the program has. */
function withOriginOf(response: Response, copy: unknown): unknown {
  contain("response", () => {
    if (!(copy instanceof Response)) return;
    for (const name of ORIGIN_MEMBERS.filter((each) => copy[each] !== response[each])) {
      Object.defineProperty(copy, name, { configurable: true, value: response[name] });
    }
  });
  return copy;
}

/** Where the program has put another member in the place of ours, that one stays. */
function removeMembers(response: Response, ours: ReadonlyMap<string, PropertyDescriptor>): void {
  for (const [name, member] of ours) {
    if (isSameMember(Object.getOwnPropertyDescriptor(response, name), member)) {
      Reflect.deleteProperty(response, name);
    }
  }
}

/** The nearest one, the object's own before an inherited one. */
function memberOf(object: object | null, name: string): PropertyDescriptor | undefined {
  for (let owner = object; owner; owner = Reflect.getPrototypeOf(owner)) {
    const descriptor = Object.getOwnPropertyDescriptor(owner, name);
    if (descriptor) return descriptor;
  }
  return undefined;
}

function isSameMember(one: PropertyDescriptor | undefined, other: PropertyDescriptor): boolean {
  return one !== undefined && one.get === other.get && one.value === other.value;
}

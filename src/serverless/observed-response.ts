/**
 * Observes how the body of a response is read. Every member of the response returns the same as without us.
 *
 * workerd, Bun and Deno read a response that they send by its internals, not by its properties. So a plain response is
 * replaced by a new one around the observed body. A plain response is one that the program has constructed, without
 * anything that its constructor does not take.
 *
 * Any other response has more: the members of a subclass, the URL from which it was fetched, or properties of the
 * program. It stays the same object, and its members that read the body are replaced.
 */
import { contain } from "../foundation/containment.ts";
import { isFunction } from "../foundation/structure.ts";
import { observedStream, type BodyObserver } from "./response-body.ts";

/** The members of a response that read its body or state whether it was read. */
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
/** The members of a response that its constructor cannot set. */
const ORIGIN_MEMBERS = ["url", "type", "redirected"] as const;

/** Whether the value is a response with a body that nobody has started to read. */
export function hasUnreadBody(result: unknown): result is Response {
  return (
    typeof Response !== "undefined" &&
    result instanceof Response &&
    !!result.body &&
    !result.bodyUsed &&
    !result.body.locked
  );
}

/** @returns the response itself, unobserved, if it cannot be observed. Frozen responses and Proxies cannot. */
export function observedResponse(response: Response, observer: BodyObserver): Response {
  const observed = contain("response", () => {
    // Calls the getter of the platform, because a subclass may have a getter that returns another stream.
    const body: Response["body"] = Reflect.get(Response.prototype, "body", response);
    if (!body || !Object.isExtensible(response)) return response;
    if (isPlain(response)) return new Response(observedStream(body, observer), response);
    return observedInPlace(response, body, observer);
  });
  return observed ?? response;
}

/** Whether a new response with the same body and settings cannot be distinguished from this one. */
function isPlain(response: Response): boolean {
  const fresh = new Response();
  // Some response classes add a property at the first read of `body`. The body of `response` was already read, so that
  // of `fresh` must be too.
  void fresh.body;
  const freshKeys = Reflect.ownKeys(fresh);
  return (
    Object.getPrototypeOf(response) === Response.prototype &&
    ORIGIN_MEMBERS.every((name) => response[name] === fresh[name]) &&
    Reflect.ownKeys(response).every((key) => freshKeys.includes(key))
  );
}

/**
 * Returns the same object. Its members that read the body now read a second response, which has the observed body. The
 * program cannot reach the second response.
 */
function observedInPlace(
  response: Response,
  body: NonNullable<Response["body"]>,
  observer: BodyObserver,
): Response {
  const members = new Map<string, PropertyDescriptor>();
  /** Whether the program has the body's stream. If so, `body` must return the same stream later. */
  let isBodyShared = false;
  let isCloned = false;
  const onEnd = (): Promise<void> | undefined => {
    if (!isBodyShared && !isCloned) contain("response", () => removeMembers(response, members));
    return observer.onEnd();
  };
  const reading = new Response(observedStream(body, { ...observer, onEnd }), response);
  const targetOf = (receiver: unknown): unknown => (receiver === response ? reading : receiver);
  for (const name of BODY_MEMBERS) {
    const platformMember = Object.getOwnPropertyDescriptor(Response.prototype, name);
    // A member that a subclass defines is not replaced. If it reads the body by `super`, that read is not observed.
    if (!platformMember || !isSameMember(memberOf(response, name), platformMember)) continue;
    const flags = { configurable: true, enumerable: false };
    if (platformMember.get) {
      const get = function (this: unknown): unknown {
        isBodyShared ||= name === "body";
        // A subclass member may have read the body of `response` unobserved, which `bodyUsed` must show. A clone reads
        // that body too, so after `clone` this is ignored.
        const isReadByOthers =
          name === "bodyUsed" && !isCloned && Reflect.get(Response.prototype, name, this);
        return isReadByOthers || Reflect.get(Response.prototype, name, targetOf(this));
      };
      members.set(name, { ...flags, get });
    } else {
      const method = {
        [name](this: unknown, ...args: unknown[]): unknown {
          isCloned ||= name === "clone";
          const result = callMember(name, targetOf(this), args);
          return name === "clone" && this === response ? withOriginOf(response, result) : result;
        },
      };
      members.set(name, { ...flags, writable: true, value: method[name] });
    }
  }
  Object.defineProperties(response, Object.fromEntries(members));
  return response;
}

/** Calls the method that the prototype has now, because the program may have patched it. */
function callMember(name: string, response: unknown, args: readonly unknown[]): unknown {
  const method: unknown = Reflect.get(Response.prototype, name);
  return isFunction(method) ? Reflect.apply(method, response, args) : undefined;
}

/** Copies `url`, `type` and `redirected` of the program's response to a clone of the second response. */
function withOriginOf(response: Response, clone: unknown): unknown {
  contain("response", () => {
    if (!(clone instanceof Response)) return;
    for (const name of ORIGIN_MEMBERS.filter((each) => clone[each] !== response[each])) {
      Object.defineProperty(clone, name, { configurable: true, value: response[name] });
    }
  });
  return clone;
}

/** Removes our members. If the program has replaced one of them, its member stays. */
function removeMembers(response: Response, members: ReadonlyMap<string, PropertyDescriptor>): void {
  for (const [name, member] of members) {
    if (isSameMember(Object.getOwnPropertyDescriptor(response, name), member)) {
      Reflect.deleteProperty(response, name);
    }
  }
}

/** The descriptor of a member, on the object itself or else on its nearest prototype that has it. */
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

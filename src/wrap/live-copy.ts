/**
 * A plain copy of a plain object: read much faster than a view of it. It follows what the program changes in its own, at
 * the times it is told to.
 */
import { isString, type UnknownRecord } from "../readers/guards.ts";

/** What a value of the program's is shown as. */
type Show = (value: unknown, name: string) => unknown;

/**
 * @param copies those that are followed together with it
 * @returns `undefined` where a copy would not show all that the object shows
 */
export function liveCopy(own: UnknownRecord, show: Show, copies: LiveCopy[]): object | undefined {
  if (!isPlain(own)) return undefined;
  const live = new LiveCopy(own, show);
  copies.push(live);
  return live.copy;
}

/** Nothing is hidden, inherited or made when it is asked for. */
function isPlain(own: object): boolean {
  if (Object.getPrototypeOf(own) !== Object.prototype) return false;
  const keys = Reflect.ownKeys(own);
  for (const key of keys) {
    const descriptor = Object.getOwnPropertyDescriptor(own, key);
    if (!isString(key) || key === "__proto__" || !descriptor?.enumerable || descriptor.get) return false;
  }
  // An empty one may be filled, or stood in for by a Proxy that can not be listed.
  return keys.length > 0;
}

export class LiveCopy {
  readonly own: UnknownRecord;
  readonly copy: Record<string, unknown>;
  readonly #show: Show;
  /** What the program's own had when it was last looked at, in its order. */
  #names: readonly string[];
  #values: readonly unknown[];

  constructor(own: UnknownRecord, show: Show) {
    this.own = own;
    this.#show = show;
    this.#names = Object.keys(own);
    this.#values = Object.values(own);
    this.copy = { ...own };
    for (const name of this.#names) {
      const shown = show(own[name], name);
      if (shown !== own[name]) this.copy[name] = shown;
    }
  }

  follow(): void {
    if (this.#isSame()) return;
    const { own, copy } = this;
    const values = new Map(this.#names.map((name, at) => [name, this.#values[at]]));
    const shown = { ...copy };
    // Taken out and put back: the order is the program's.
    for (const name of this.#names) delete copy[name];
    this.#names = Object.keys(own);
    this.#values = Object.values(own);
    for (const name of this.#names) {
      const isKnown = values.has(name) && values.get(name) === own[name];
      copy[name] = isKnown ? shown[name] : this.#show(own[name], name);
    }
  }

  #isSame(): boolean {
    const { own } = this;
    const names = this.#names;
    const values = this.#values;
    let at = 0;
    for (const name in own) {
      if (name !== names[at] || own[name] !== values[at]) return false;
      at += 1;
    }
    return at === names.length;
  }
}

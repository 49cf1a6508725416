/**
 * The instrumentation scopes whose spans have ended, with what their attribute keys tell. A scope is the name under which
 * an instrumentation makes its spans.
 */
import { isString } from "../foundation/structure.ts";
import { contentKeysOf, hasTokenCounts } from "./attribute-keys.ts";

export interface ScopeFacts {
  /** Spans that have the token counts of a model call. Those of ai-spans are not counted. */
  withTokens: number;
  /** Keys of attributes that hold content. */
  readonly contentKeys: Set<string>;
}

const OURS = "ai-spans";
/** A bound for names from outside. */
const MAX_SCOPES = 32;

export class SpanScopes {
  readonly byName = new Map<string, ScopeFacts>();

  /** @param keys of the attributes of one span */
  add(scope: unknown, keys: readonly string[]): void {
    const name = scopeName(scope);
    if (name === undefined || (!this.byName.has(name) && this.byName.size >= MAX_SCOPES)) return;
    const facts = this.byName.get(name) ?? { withTokens: 0, contentKeys: new Set<string>() };
    this.byName.set(name, facts);
    if (name !== OURS && hasTokenCounts(keys)) facts.withTokens += 1;
    for (const key of contentKeysOf(keys)) facts.contentKeys.add(key);
  }
}

/** Names of scopes are those of packages. Any other text is not reported. */
function scopeName(name: unknown): string | undefined {
  if (!isString(name)) return undefined;
  return /^[\w@./-]{1,64}$/.test(name) ? name : "a scope with another name";
}

/**
 * Collects, by instrumentation scope, which of the ended spans have token counts or content. Reads only attribute keys.
 * A scope has the name under which an instrumentation creates its spans.
 */
import { isString } from "../foundation/structure.ts";
import { contentKeysOf, hasTokenCounts } from "./attribute-keys.ts";

export interface ScopeFacts {
  /** How often a span with the token counts of a model call was read. Spans of ai-spans do not count. */
  withTokens: number;
  /** The keys of content that the spans have. */
  readonly contentKeys: Set<string>;
}

const OURS = "ai-spans";
/** The most scopes that are kept. Their names come from other packages, so there could be any number. */
const MAX_SCOPES = 32;

export class SpanScopes {
  readonly byName = new Map<string, ScopeFacts>();

  /** @param keys the attribute keys of one span */
  add(scope: unknown, keys: readonly string[]): void {
    const name = scopeName(scope);
    if (name === undefined || (!this.byName.has(name) && this.byName.size >= MAX_SCOPES)) return;
    const facts = this.byName.get(name) ?? { withTokens: 0, contentKeys: new Set<string>() };
    this.byName.set(name, facts);
    if (name !== OURS && hasTokenCounts(keys)) facts.withTokens += 1;
    for (const key of contentKeysOf(keys)) facts.contentKeys.add(key);
  }
}

/** A scope's name is usually that of a package. Any other text is not reported. */
function scopeName(name: unknown): string | undefined {
  if (!isString(name)) return undefined;
  return /^[\w@./-]{1,64}$/.test(name) ? name : "a scope with another name";
}

/**
 * What is known of each backend: where it takes spans, what it makes of those of ai-spans, and how it counts tokens.
 * Data only. Each fact has its source. `docs/guide/backends.md` is made from it.
 */

export interface Fact {
  /** One or two sentences. */
  readonly text: string;
  /**
   * Where it is said: an address with the version that was read, or what ai-spans itself does. A fact without a source
   * could not be verified, and the page says so.
   */
  readonly source?: string;
}

export interface Backend {
  readonly name: string;
  /** The variables of OpenTelemetry that send spans there. Words in capitals are the reader's. */
  readonly variables: Readonly<Record<string, string>>;
  /** Where the endpoint and the headers are documented. */
  readonly setup: Fact;
  /** The value of the option `semconv`, and why. */
  readonly semconv: "latest" | "1.41" | "1.36/dup";
  readonly why: Fact;
  /** What its views show of our attributes. */
  readonly shows: readonly Fact[];
  /** What stays empty, because no content is recorded. */
  readonly empty: Fact;
  readonly tokens: Fact;
  /** The value of the option `runUsage`, if its default counts tokens twice there. */
  readonly runUsage?: false;
  /** The name of its query language, and queries to start with. */
  readonly language: string;
  readonly queries: readonly { readonly asks: string; readonly text: string }[];
}

/** The day on which the sources were read. They are stored copies, which may be older. */
export const READ_ON = "2026-11-29";

/** The source of a fact that follows from what ai-spans records. */
export const OURS = "ai-spans";

/**
 * Sites of `diag` lines that are not literals, each with the reason why it says no content.
 */
export interface SiteException {
  readonly file: string;
  /** The argument as it is written. */
  readonly site: string;
  readonly reason: string;
}

export const SITE_EXCEPTIONS: readonly SiteException[] = [
  {
    file: "foundation/containment.ts",
    site: "site",
    reason: "`contain` hands on the site that it was given",
  },
  {
    file: "foundation/containment.ts",
    site: "`${site}: ${className}`",
    reason: "the one line that `report` writes: the site, and a class of bounded shape",
  },
  {
    file: "foundation/containment.ts",
    site: "`ai-spans: ${message}`",
    reason: "the one place that writes to `diag`: what `warn` was given",
  },
  {
    file: "foundation/containment.ts",
    site: "message",
    reason: "`warnOnce` passes on the message that it was given",
  },
  {
    file: "spans/registration.ts",
    site: "MESSAGE",
    reason: "a constant of the same file",
  },
  {
    file: "cloudflare/native-tracing.ts",
    site: "`native ${name}`",
    reason: "the name of a method of the runtime's, which our code gives as a literal",
  },
  {
    file: "propagation/origin.ts",
    site: "SITE",
    reason: "a constant of the same file",
  },
  {
    file: "carriers/carrier.ts",
    site: "site",
    reason: "the name of a carrier's shape, which `carrierPair` is given as a literal",
  },
  {
    file: "propagation/linked-trace.ts",
    site: "`withLinkedTrace: the shape of a source (${kind}) is not recognized: pass the message as its client returns it, or its headers, or name its pair in \\`as\\` (docs/guide/boundaries.md)`",
    reason: "what `typeof` says of an argument",
  },
  {
    file: "propagation/trace-mode.ts",
    site: '`${from} must be "linked" or "continuous", so ${printed} is ignored`',
    reason: "an option or environment variable that is neither of two words, cut at 64 characters",
  },
  {
    file: "serverless/invocation-flush.ts",
    site: '`open after the deadline of flushAfter: ${open.names.join(", ")}`',
    reason: "names of spans of ours: operations, and names of agents, tools and models",
  },
  {
    file: "serverless/providers.ts",
    site: "`forceFlush has not finished after ${timeoutMs} ms`",
    reason: "a number that the caller gave as the deadline",
  },
];

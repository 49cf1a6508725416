/**
 * Sites of `diag` lines that are not literals. Each has the reason why it cannot hold content.
 */
export interface SiteException {
  readonly file: string;
  /** The argument as it is written. */
  readonly site: string;
  readonly reason: string;
}

export const SITE_EXCEPTIONS: readonly SiteException[] = [
  {
    file: "register/warnings.ts",
    site: "message",
    reason:
      "`emitWarning` passes on its own argument `message`: a literal, or the name and value of a variable of the environment",
  },
  {
    file: "foundation/containment.ts",
    site: "site",
    reason: "`contain` passes on its own argument `site`",
  },
  {
    file: "foundation/containment.ts",
    site: "`${site}: ${className}`",
    reason: "the one line that `report` writes: the site, and a class of bounded shape",
  },
  {
    file: "foundation/containment.ts",
    site: "`ai-spans: ${message}`",
    reason: "the one place that writes to `diag`: the argument of `warn`",
  },
  {
    file: "foundation/containment.ts",
    site: "message",
    reason: "`warnOnce` passes on its own argument `message`",
  },
  {
    file: "spans/registration.ts",
    site: "MESSAGE",
    reason: "a constant of the same file",
  },
  {
    file: "cloudflare/native-tracing.ts",
    site: "`native ${name}`",
    reason: "the name of a method of the runtime, which our code passes as a literal",
  },
  {
    file: "propagation/origin.ts",
    site: "SITE",
    reason: "a constant of the same file",
  },
  {
    file: "carriers/carrier.ts",
    site: "site",
    reason: "the name of a carrier's shape, which our code passes to `carrierPair` as a literal",
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

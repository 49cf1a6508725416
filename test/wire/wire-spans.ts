/**
 * The expected spans of a conversation on the wire, with complete sets of attributes.
 */
import { expect } from "vitest";
import type { WireFormat } from "../../fixtures/provider-server.ts";
import { agentSpan, chatSpan } from "../conformance/expected-spans.ts";
import type { MajorName } from "../support/majors.ts";
import type { ExpectedSpan } from "../support/span-tree.ts";
import type { WireFacts } from "./wire-facts.ts";
import { providers } from "./providers.ts";
import type { WireIdentity } from "./wire-identity.ts";

export interface WireAnswer {
  readonly format: WireFormat;
  readonly major: MajorName;
  readonly streaming: boolean;
  readonly facts: WireFacts;
  /** The response's id and model on the wire. */
  readonly identity: WireIdentity;
}

export function wireChat({ format, major, streaming, facts, identity }: WireAnswer): ExpectedSpan {
  const { modelId, name, reportedIdentity, hasBaseURL } = providers[format];
  const { usage, finish, error, retries, output = true, identified = true } = facts;
  const named = facts.responseModel === undefined ? identity : { ...identity, model: facts.responseModel };
  return chatSpan({
    model: modelId,
    provider: name,
    streaming,
    usage,
    finish,
    output: streaming && output,
    response: identified ? reportedIdentity(named, major) : null,
    ...(retries === undefined ? {} : { retries }),
    ...(error === undefined ? {} : { error }),
    attributes: hasBaseURL(major) ? { "server.address": "127.0.0.1", "server.port": expect.any(Number) } : {},
  });
}

/** The run, without a name. With `error` it has failed. */
export function wireAgent(
  format: WireFormat,
  error: string | undefined,
  children: readonly ExpectedSpan[],
): ExpectedSpan {
  const { modelId } = providers[format];
  return agentSpan({ name: null, model: modelId, ...(error === undefined ? {} : { error }) }, children);
}

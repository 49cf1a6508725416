/**
 * What a streaming tail worker gets of one invocation, and the tree of spans in it.
 */
import type { ExpectedSpan } from "../../support/span-tree.ts";

/** `test/conformance/sdk-calls.test.ts` has the values. */
const OF_SDK_CALL = /^ai_spans\.(operation\.name|call\.id)$/;

export interface TailEvent {
  readonly spanContext: { readonly spanId?: string };
  readonly event: {
    readonly type: string;
    readonly spanId?: string;
    readonly name?: string;
    readonly outcome?: string;
    readonly info?: unknown;
  };
}

export interface TailSpan {
  readonly name: string;
  readonly status: string;
  readonly attributes: Record<string, unknown>;
  readonly children: TailSpan[];
  isClosed: boolean;
}

/** A tail worker's program: hands over all events of an invocation when it has come to its end. */
export const TAIL_PROGRAM = `export default {
  tailStream(onset, { REPORT }) {
    const events = [onset];
    return async (event) => {
      events.push(event);
      if (event.event.type !== "outcome") return;
      const body = JSON.stringify(events, (key, value) => typeof value === "bigint" ? String(value) : value);
      await REPORT.fetch("http://report/", { method: "POST", body });
    };
  },
};`;

export function tailSpans(events: readonly TailEvent[]): TailSpan[] {
  const roots: TailSpan[] = [];
  const byId = new Map<string | undefined, TailSpan>();
  for (const { spanContext, event } of events) {
    const span = byId.get(spanContext.spanId);
    if (event.type === "spanOpen") {
      const opened = {
        name: event.name ?? "",
        status: "unset",
        attributes: {},
        children: [],
        isClosed: false,
      };
      byId.set(event.spanId, opened);
      (span?.children ?? roots).push(opened);
    } else if (span && event.type === "attributes") {
      // The shapes are the runtime's own; what is read is asserted in full.
      const info = event.info as ReadonlyArray<{ name: string; value: unknown }>;
      for (const { name, value } of info) if (!OF_SDK_CALL.test(name)) span.attributes[name] = value;
    } else if (span && event.type === "spanUpdate") {
      const { status } = event.info as { status?: { code: string } };
      Object.assign(span, { status: status?.code });
    } else if (span && event.type === "spanClose") span.isClosed = true;
  }
  return roots;
}

/** What the runtime keeps of an expected span: no kind, no arrays; and whether it was cut off. */
export function asTailSpan(expected: ExpectedSpan, hasStatus: boolean): object {
  const failed = expected.status === "ERROR";
  const attributes: Record<string, unknown> = { "ai_spans.cut_off": false };
  if (failed && !hasStatus) attributes["otel.status_code"] = "ERROR";
  for (const [key, value] of Object.entries(expected.attributes ?? {})) {
    if (value !== undefined) attributes[key] = Array.isArray(value) ? value.join(",") : value;
  }
  return {
    name: expected.name,
    status: failed && hasStatus ? "error" : "unset",
    attributes,
    children: (expected.children ?? []).map((child) => asTailSpan(child, hasStatus)),
    isClosed: true,
  };
}

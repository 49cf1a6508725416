/**
 * Describes spans in few words, for tests of many runs.
 */
import type { Attributes } from "@opentelemetry/api";
import type { Telemetry } from "./telemetry.ts";

/** How a span ended, in one word: `error.type`, the cause of a cancellation, or `ok`. */
export function outcomeOf(attributes: Attributes = {}): string {
  return String(attributes["error.type"] ?? attributes["ai_spans.cancel.cause"] ?? "ok");
}

/** One line with every span: its name, its outcome and its output tokens, with its children in brackets. */
export function outlineOf({ started }: Telemetry): string {
  const below = (parent: string | undefined): string =>
    started
      .filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent)
      .map((span) => {
        const { attributes, ended, name } = span;
        const tokens = attributes["gen_ai.usage.output_tokens"];
        const children = below(span.spanContext().spanId);
        const parts = [
          name.split(" ")[0],
          ended ? outcomeOf(attributes) : "OPEN",
          ...(tokens === undefined ? [] : [tokens]),
        ];
        return `${parts.map(String).join(" ")}${children && ` (${children})`}`;
      })
      .join(", ");
  return below(undefined);
}

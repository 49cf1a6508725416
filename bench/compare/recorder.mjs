// Keeps every span that a peer starts in this process, and whether it has ended.
const spans = new Map();

/** @param read what is printed of the span, at the end of the program */
export function keep(id, read) {
  spans.set(id, { hasEnded: false, read });
}

export function end(id) {
  spans.get(id).hasEnded = true;
}

/** A span processor of OpenTelemetry. It comes after the processors of the peer, so it reads what they have changed. */
export const recorder = {
  onStart: (span) => keep(span.spanContext().spanId, () => readSpan(span)),
  onEnd: (span) => end(span.spanContext().spanId),
  forceFlush: async () => {},
  shutdown: async () => {},
};

const readSpan = ({ name, parentSpanContext, status, attributes }) => ({
  name,
  parent: parentSpanContext?.spanId,
  isError: status.code === 2,
  attributes,
});

/** In the order of their starts. */
export const recorded = () => Array.from(spans, ([id, { hasEnded, read }]) => ({ id, hasEnded, ...read() }));

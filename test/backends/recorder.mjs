// A span processor that keeps every span of the provider, as the control of what arrives.
const started = [];
/** The attributes of a span at its end, before a later processor changes them. */
const attributesAtEnd = new Map();
const waiting = new Set();

export const recorder = {
  onStart: (span) => void started.push(span),
  onEnd(span) {
    attributesAtEnd.set(span, { ...span.attributes });
    for (const check of waiting) check();
  },
  async forceFlush() {},
  async shutdown() {},
  /** Resolves when no span is open. A stream that is left ends some turns later. */
  async allEnded() {
    const hasOpen = () => started.some((span) => !span.ended);
    while (hasOpen()) {
      await new Promise((resolve) => {
        const timer = setTimeout(check, 100);
        function check() {
          clearTimeout(timer);
          waiting.delete(check);
          resolve();
        }
        waiting.add(check);
      });
    }
  },
};

export const recorded = () =>
  started.map((span) => ({
    id: span.spanContext().spanId,
    name: span.name,
    attributes: attributesAtEnd.get(span),
  }));

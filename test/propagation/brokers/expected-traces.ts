/**
 * The traces that every broker must lead to. A request sends a booking. The consumer runs an agent and sends a payment
 * for the same run. Then it takes the payment.
 */

/** The spans of the agent's run, at this indentation. */
export function agentLines(indent: string, place: string): string {
  const spans = ["chat mock-model CLIENT", "execute_tool search INTERNAL", "chat mock-model CLIENT"];
  return [
    `${indent}invoke_agent hotel INTERNAL in ${place}`,
    ...spans.map((span) => `${indent}  ${span} in ${place}`),
  ].join("\n");
}

/** What the root of a delivery records about its mode. */
export const LINKED_NOTE = "[ai_spans.trace.mode=linked] [ai_spans.trace.propagated=true]";
export const CONTINUOUS_NOTE = "[ai_spans.trace.mode=continuous] [ai_spans.trace.propagated=true]";

export function expectedLinked(system: string): string {
  const note = `[messaging.system=${system}]`;
  return `trace 1
  request INTERNAL in sender
    send bookings PRODUCER in sender ${note}
trace 2
  process bookings CONSUMER in consumer [delivery: send bookings] ${LINKED_NOTE} ${note}
${agentLines("    ", "consumer")}
    send payments PRODUCER in consumer ${note}
trace 3
  process payments CONSUMER in consumer [delivery: send payments] [origin: send bookings] ${LINKED_NOTE} ${note}
${agentLines("    ", "consumer")}`;
}

/** Both consumer spans are children of the span that sent the booking. */
export function expectedContinuous(system: string): string {
  const note = `[messaging.system=${system}]`;
  return `trace 1
  request INTERNAL in sender
    send bookings PRODUCER in sender ${note}
      process bookings CONSUMER in consumer ${CONTINUOUS_NOTE} ${note}
${agentLines("        ", "consumer")}
        send payments PRODUCER in consumer ${note}
      process payments CONSUMER in consumer [delivery: send payments] ${CONTINUOUS_NOTE} ${note}
${agentLines("        ", "consumer")}`;
}

/** The traces of two refunds in one batch. A batch with two senders continues no trace. */
export const EXPECTED_BATCH = `trace 1
  send refunds PRODUCER in test
trace 2
  send refunds PRODUCER in test
trace 3
  process refunds CONSUMER in test [delivery: send refunds 1] [delivery: send refunds 2] ${LINKED_NOTE}`;

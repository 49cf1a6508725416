/**
 * The client of a chat. Each request has a `traceparent` of its own.
 */
import { randomBytes } from "node:crypto";
import type { OtlpReceiver } from "../support/otlp-receiver.ts";
import type { ModelServer } from "./model-server.ts";

export interface Conversation {
  readonly text: string;
  readonly traceId: string;
  /** The span of the client. */
  readonly parent: string;
}

/** The first words of the answer that never ends. */
const FIRST_WORDS = "Start at ";
const QUESTION = "a room in Lisbon";
const TOUR = "a tour of Lisbon";

/** The delay of an exporter that sends at once, in milliseconds. */
export const AT_ONCE = "50";
/** The delay of one that only the end of the process makes send. */
export const NEVER = "1000000000";

/** The variables of a program whose model and receiver are these. */
export function variables(model: ModelServer, receiver: OtlpReceiver, delay: string): Record<string, string> {
  return {
    OPENAI_API_KEY: "not-a-key",
    OPENAI_BASE_URL: model.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: new URL(receiver.url).origin,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_METRICS_EXPORTER: "none",
    OTEL_LOGS_EXPORTER: "none",
    OTEL_BSP_SCHEDULE_DELAY: delay,
  };
}

interface Asked {
  readonly response: Response;
  readonly controller: AbortController;
  readonly traceId: string;
  readonly parent: string;
}

async function post(url: string, prompt: string): Promise<Asked> {
  const [traceId, parent] = [randomBytes(16).toString("hex"), randomBytes(8).toString("hex")];
  const controller = new AbortController();
  const response = await fetch(new URL("/chat", url), {
    method: "POST",
    headers: {
      // Miniflare holds back what it compresses.
      "accept-encoding": "identity",
      "content-type": "application/json",
      traceparent: `00-${traceId}-${parent}-01`,
    },
    body: JSON.stringify({ prompt }),
    signal: controller.signal,
  });
  return { response, controller, traceId, parent };
}

/** Asks, and reads the answer to its end. */
export async function ask(url: string): Promise<Conversation> {
  const { response, traceId, parent } = await post(url, QUESTION);
  return { text: await response.text(), traceId, parent };
}

/** Asks, and leaves at the first words of the answer. */
export async function leave(url: string): Promise<Conversation> {
  const { response, controller, traceId, parent } = await post(url, TOUR);
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes(FIRST_WORDS)) break;
  }
  controller.abort();
  return { text, traceId, parent };
}

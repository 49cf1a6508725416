// Routes as a framework runs them. The span of the request is active while the route runs, and is the root of its
// trace.
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { SpanKind, trace } from "@opentelemetry/api";
import { injectContext, withLinkedTrace } from "ai-spans/propagation";
import { call, LEFT_CALL, toolsOf, twoSteps } from "./calls.mjs";

/** @param route gets a function that ends the span of the request */
const request = (route) =>
  trace
    .getTracer("next.js")
    .startActiveSpan("POST /api/chat", { kind: SpanKind.SERVER }, (span) => route(() => span.end()));

async function readAll(reader) {
  let text = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
  return text;
}

/**
 * Makes the server send the rest of its answer. It does not use `fetch`, so that neighbors have no span of this
 * request.
 */
async function release() {
  const sent = httpRequest(`${process.env.MODEL_URL}/chat/completions`, { method: "POST" });
  sent.end(JSON.stringify({ messages: [{ role: "user", content: "call 34" }] }));
  const [response] = await once(sent, "response");
  response.resume();
}

async function respond(app, whenBegun, whenSent) {
  const { textStream } = await app.ai.streamText(call(app, LEFT_CALL));
  const reader = textStream.getReader();
  const first = await reader.read();
  whenBegun();
  await release();
  const text = first.value + (await readAll(reader));
  whenSent();
  return { text };
}

/** As with `next start`, the span ends when the response was sent. */
export const endWithResponse = (app) => request((end) => respond(app, () => {}, end));

/** The span ends when the route returns its response, before the body ends. */
export const endBeforeBody = (app) => request((end) => respond(app, end, () => {}));

/** Work that a route passes to `after`. The request ends while it runs. */
async function summarize(app, end) {
  const { searchRooms } = toolsOf(app);
  const execute = (input) => {
    end();
    return searchRooms.execute(input);
  };
  const tools = { searchRooms: { ...searchRooms, execute } };
  const { text } = await app.ai.generateText(call(app, 1, { tools, stopWhen: twoSteps(app) }));
  return { text };
}

export const workInAfter = (app) => request((end) => summarize(app, end));

export const linkedWorkInAfter = (app) =>
  request((end) => {
    const source = injectContext({});
    return withLinkedTrace({ source, name: "summarize" }, () => summarize(app, end));
  });

/**
 * OpenAI's responses API, as far as the program uses it: one streamed answer after a call of a tool on an MCP server.
 */
import type { ServerResponse } from "node:http";
import { sendEvents } from "./http.ts";

export function answerResponses(response: ServerResponse): void {
  const send = sendEvents(response);
  const about = {
    id: "resp-1",
    object: "response",
    created_at: 1_760_000_000,
    model: "gpt-4o-mini-2024-07-18",
  };
  const call = { id: "mcp-1", type: "mcp_call", name: "search", server_label: "rooms", arguments: "{}" };
  const message = { id: "msg-1", type: "message", role: "assistant" };
  send({ type: "response.created", response: { ...about, status: "in_progress" } });
  send({ type: "response.output_item.added", output_index: 0, item: { ...call, status: "in_progress" } });
  send({
    type: "response.output_item.done",
    output_index: 0,
    item: { ...call, status: "completed", output: "two rooms" },
  });
  send({
    type: "response.output_item.added",
    output_index: 1,
    item: { ...message, status: "in_progress", content: [] },
  });
  send({
    type: "response.output_text.delta",
    item_id: "msg-1",
    output_index: 1,
    content_index: 0,
    delta: "two rooms",
  });
  send({
    type: "response.output_item.done",
    output_index: 1,
    item: {
      ...message,
      status: "completed",
      content: [{ type: "output_text", text: "two rooms", annotations: [] }],
    },
  });
  send({
    type: "response.completed",
    response: {
      ...about,
      status: "completed",
      output: [],
      usage: { input_tokens: 7, output_tokens: 3, total_tokens: 10 },
    },
  });
  response.end();
}

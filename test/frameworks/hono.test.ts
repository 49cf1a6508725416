/**
 * Hono on Node, traced by the flag.
 */
import { describeChats } from "./chats.ts";
import { onNode } from "./service.ts";

describeChats({
  name: "Hono",
  start: onNode("Hono", "--import", "ai-spans/register", "server.js"),
  left: "abort",
});

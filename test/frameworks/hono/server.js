import { serve } from "@hono/node-server";
import { withRemoteContext } from "ai-spans/propagation";
import { Hono } from "hono";
import { answer } from "./agent.js";

const app = new Hono();
// The run of a request joins the trace of its client.
app.use((c, next) => withRemoteContext(c.req.raw, next));

app.post("/chat", async (c) => {
  const { prompt } = await c.req.json();
  return answer(prompt, c.req.raw.signal).toTextStreamResponse();
});

const port = Number(process.env.PORT ?? 3000);
serve({ fetch: app.fetch, port }, (address) => console.log(`http://localhost:${address.port}`));

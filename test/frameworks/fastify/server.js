import Fastify from "fastify";
import { answer } from "./agent.js";

const app = Fastify();

app.post("/chat", async (request, reply) => {
  const left = new AbortController();
  reply.raw.once("close", () => left.abort());
  return answer(request.body.prompt, left.signal).toTextStreamResponse();
});

console.log(await app.listen({ port: Number(process.env.PORT ?? 3000) }));

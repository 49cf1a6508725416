import { withRemoteContext } from "ai-spans/propagation";
import "./telemetry.js";
import { answer } from "./agent.js";

const server = Bun.serve({
  port: Number(process.env.PORT ?? 3000),
  routes: {
    "/chat": {
      POST: (request) =>
        withRemoteContext(request, async () => {
          const { prompt } = await request.json();
          return answer(prompt, request.signal).toTextStreamResponse();
        }),
    },
  },
});
console.log(server.url.href);

import { withRemoteContext } from "ai-spans/propagation";
import { flushHandler } from "ai-spans/serverless";
import "./telemetry.js";
import { answer } from "./agent.js";

export default {
  fetch: flushHandler((request, _env, _ctx) =>
    withRemoteContext(request, async () => {
      const { prompt } = await request.json();
      return answer(prompt, request.signal).toTextStreamResponse();
    }),
  ),
};

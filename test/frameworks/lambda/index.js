import { pipeline } from "node:stream/promises";
import { withRemoteContext } from "ai-spans/propagation";
import { flushHandler } from "ai-spans/serverless";
import "./telemetry.js";
import { answer } from "./agent.js";

export const handler = awslambda.streamifyResponse(
  flushHandler((event, responseStream) =>
    withRemoteContext(event, async () => {
      const { prompt } = JSON.parse(event.body);
      await pipeline(answer(prompt).textStream, responseStream);
    }),
  ),
);

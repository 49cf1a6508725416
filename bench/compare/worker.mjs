// Runs each program in a Worker, whose runtime records the spans. The bundler replaces `peer` by its module.
import * as ai from "ai";
import { wrapAISDK } from "peer";
import { programs, sent } from "./programs.mjs";

globalThis.AI_SDK_LOG_WARNINGS = false;
const WAIT_MS = 2_000;

export default {
  async fetch(request) {
    const program = new URL(request.url).pathname.slice(1);
    await programs[program](wrapAISDK(ai), { telemetry: { functionId: "booking-agent" } });
    // A stream that is read on is read to its end.
    for (let parts = -1; parts !== sent.parts;) {
      parts = sent.parts;
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
    return Response.json({ parts: sent.parts });
  },
};

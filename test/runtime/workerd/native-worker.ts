/**
 * A Worker whose agent is traced by the runtime itself. Each path is one way for a run to go.
 */
import { createAISDKTelemetry, wrapAISDK } from "ai-spans/cloudflare";
import { Agent } from "../../serverless/agent.ts";
import type { Major } from "../../support/majors.ts";

interface Environment {
  /** How long a result may stay unread. */
  readonly IDLE_DEADLINE_MS: number;
}

/** @param registerTelemetry of v7: a second agent is traced by the SDK's own telemetry */
export function createWorker(
  major: Major,
  registerTelemetry: (adapter: ReturnType<typeof createAISDKTelemetry>) => void,
): object {
  let isRegistered = false;
  return {
    async fetch(request: Request, { IDLE_DEADLINE_MS }: Environment): Promise<Response> {
      const agent = new Agent(major, wrapAISDK(major.ai, { idleDeadlineMs: IDLE_DEADLINE_MS }));
      switch (new URL(request.url).pathname) {
        case "/loop":
          return new Response(await agent.loop());
        case "/adapter":
          if (!isRegistered) registerTelemetry(createAISDKTelemetry());
          isRegistered = true;
          return new Response(await new Agent(major, major.ai).loop());
        case "/nested":
          return new Response(await agent.loop(() => agent.loop()));
        case "/stream":
          return agent.stream();
        case "/endless":
          return agent.endless();
        case "/abort":
          return abortAfterFirstChunk(agent);
        case "/error":
          return new Response(await agent.fail().catch((error: unknown) => String(error)));
        case "/unread":
          agent.endless();
          return new Response("accepted");
        case "/cut-off":
          return withoutWaitUntil(() => {
            agent.endless();
            return new Response("accepted");
          });
        case "/pristine": {
          const parameters = { prompt: "a room in Paris" };
          const { generateText } = wrapAISDK({ generateText: (input: object) => input });
          return new Response(String(generateText(parameters) === parameters));
        }
        default:
          return new Response(null, { status: 404 });
      }
    },
  };
}

async function abortAfterFirstChunk(agent: Agent): Promise<Response> {
  const user = new AbortController();
  const reader = agent.endless({ abortSignal: user.signal }).body?.getReader();
  await reader?.read();
  user.abort();
  while ((await reader?.read())?.done === false);
  return new Response("aborted");
}

/** A build whose invocations cannot be kept alive. */
function withoutWaitUntil<T>(work: () => T): T {
  const original = process.getBuiltinModule;
  const cut = (name: string): object | undefined => {
    const { tracing, ...rest } = { ...original.call(process, name) } as { tracing?: unknown };
    return name === "cloudflare:workers" ? { tracing } : rest;
  };
  Object.assign(process, { getBuiltinModule: cut });
  try {
    return work();
  } finally {
    Object.assign(process, { getBuiltinModule: original });
  }
}

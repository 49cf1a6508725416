// The calls that the program makes beside every neighbor. Each function returns what the program got.

/**
 * The parameters of one call. Its number is in the prompt. The model server computes tokens from the number, so no two
 * calls have the same.
 */
export const call = ({ model, parameters }, number, more = {}) => ({
  model,
  prompt: `call ${number}`,
  maxRetries: 0,
  // No setting lets telemetry have this context. v6 has no such parameter.
  runtimeContext: { internal: "not for telemetry" },
  ...parameters,
  ...more,
});

export const toolsOf = ({ ai, z }) => ({
  searchRooms: ai.tool({
    description: "finds rooms",
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => `two rooms in ${city}`,
  }),
});

export const twoSteps = ({ ai }) => (ai.isStepCount ?? ai.stepCountIs)(2);
const withTool = (app) => ({ tools: toolsOf(app), stopWhen: twoSteps(app) });

const resultOf = ({ text, finishReason, totalUsage, steps }) => ({
  text,
  finishReason,
  tokens: [totalUsage.inputTokens, totalUsage.outputTokens],
  steps: steps.map((step) => ({
    finishReason: step.finishReason,
    tokens: [step.usage.inputTokens, step.usage.outputTokens],
    toolResults: step.toolResults.map(({ toolName, input, output }) => ({ toolName, input, output })),
  })),
});

const generate = async (app, number) => resultOf(await app.ai.generateText(call(app, number, withTool(app))));

/**
 * LangSmith's wrapper returns a promise of the result, which is why this awaits it.
 * @returns the text, and the types of all parts in their order
 */
async function streamWhole(app, number, more) {
  const callbacks = [];
  const result = await app.ai.streamText(
    call(app, number, {
      onError: ({ error }) => void callbacks.push(`onError: ${error.name}`),
      onFinish: ({ text }) => void callbacks.push(`onFinish: ${text}`),
      ...more,
    }),
  );
  const parts = [];
  for await (const part of result.fullStream) parts.push(part.type);
  const { text, finishReason, totalUsage, steps } = result;
  return {
    parts,
    callbacks,
    ...resultOf({
      text: await text,
      finishReason: await finishReason,
      totalUsage: await totalUsage,
      steps: await steps,
    }),
  };
}

/** Leaves the stream at its first text. */
async function streamLeft(app, number) {
  let text = "";
  const { textStream } = await app.ai.streamText(call(app, number));
  for await (const delta of textStream) {
    text += delta;
    break;
  }
  return { text };
}

export const REPEATED_CALLS = 30;
/** The server sends the first text of this answer, and the rest when it gets the next request. */
export const LEFT_CALL = 33;

/** Numbers calls from 1: thirty calls, a stream, a stream with a tool, a stream that is left, and two calls at once. */
export async function makeCalls(app) {
  const repeated = [];
  for (let number = 1; number <= REPEATED_CALLS; number++) repeated.push(await generate(app, number));
  const stream = await streamWhole(app, 31);
  const streamWithTool = await streamWhole(app, 32, withTool(app));
  const left = await streamLeft(app, LEFT_CALL);
  const atOnce = await Promise.all([generate(app, 34), generate(app, 35)]);
  return { repeated, stream, streamWithTool, left, atOnce };
}

/** A stream with a tool on an MCP server, which the provider calls. The SDK redacts the credentials in its events. */
export async function streamMcp(app) {
  const { provider } = app;
  const mcp = provider.tools.mcp({
    serverLabel: "rooms",
    serverUrl: "https://rooms.example/mcp",
    authorization: "secret",
  });
  const errors = [];
  const result = app.ai.streamText(
    call(app, 1, {
      model: provider.responses("gpt-4o-mini"),
      tools: { mcp },
      runtimeContext: {},
      onError: ({ error }) => void errors.push(`${error.name}: ${error.message}`),
    }),
  );
  const parts = [];
  for await (const part of result.fullStream) parts.push(part.type);
  return { parts, errors };
}

/** One call in a span of the neighbor, as an APM has one for each request. */
export const callInSpan = async (app) => ({ answer: await app.inSpan(() => generate(app, 1)) });

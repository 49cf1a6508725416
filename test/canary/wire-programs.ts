/**
 * Programs with real packages around the SDK. Provider packages call a `fetch` whose responses have content in all
 * their parts. The MCP client talks to a server of the official MCP SDK.
 */
import { createOpenAICompatible as compatibleV7 } from "@ai-sdk/openai-compatible";
import { createOpenAICompatible as compatibleV5 } from "@ai-sdk/openai-compatible-v5";
import { createOpenAICompatible as compatibleV6 } from "@ai-sdk/openai-compatible-v6";
import { createAnthropic as anthropicV7 } from "@ai-sdk/anthropic";
import { createAnthropic as anthropicV5 } from "@ai-sdk/anthropic-v5";
import { createAnthropic as anthropicV6 } from "@ai-sdk/anthropic-v6";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { CallToolRequestSchema, ErrorCode, McpError } from "@modelcontextprotocol/sdk/types.js";
import { wrapMCPTransport } from "ai-spans/mcp";
import { callsTools } from "../conformance/script.ts";
import { createClient } from "../mcp/servers.ts";
import type { CallParameters } from "../support/majors.ts";
import { contentModel } from "./content-model.ts";
import { answerOf, messagesOf, textOf, toolCall } from "./content.ts";
import type { Markers } from "./markers.ts";
import { type CanaryProgram, type CanaryStage, witness } from "./stage.ts";

const compatible = { v5: compatibleV5, v6: compatibleV6, v7: compatibleV7 };
const anthropic = { v5: anthropicV5, v6: anthropicV6, v7: anthropicV7 };

type Fetch = typeof globalThis.fetch;

/** A base URL with secrets in all its parts but host and port. */
function settingsOf(
  { markers, telemetry, received }: CanaryStage,
  response: () => Response,
): SettingsOfProvider {
  const user = `${markers.word("base URL: user")}:${markers.word("base URL: password")}`;
  return {
    name: "kestrel",
    baseURL: `https://${user}@provider.test:8443/${markers.word("base URL: path")}?key=${markers.word("base URL: query")}`,
    apiKey: markers.word("provider: key"),
    headers: { "x-secret": markers.word("provider: header") },
    fetch: async (input, init) => {
      telemetry.propagate();
      received.push(input, init);
      return response();
    },
  };
}

interface SettingsOfProvider {
  readonly name: string;
  readonly baseURL: string;
  readonly apiKey: string;
  readonly headers: Record<string, string>;
  readonly fetch: Fetch;
}

type ModelOf = (stage: CanaryStage, settings: SettingsOfProvider) => object;

const PACKAGES: Readonly<Record<string, ModelOf>> = {
  "@ai-sdk/openai-compatible": ({ major }, settings) => compatible[major.name](settings)("kestrel-chat"),
  "@ai-sdk/anthropic": ({ major }, settings) => anthropic[major.name](settings)("claude-haiku-4-5"),
};

function responseOf(markers: Markers, status: number, body: unknown): () => Response {
  const headers = {
    "content-type": "application/json",
    "x-request-id": markers.word("response: header"),
    "set-cookie": markers.word("response: cookie"),
  };
  return () => new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers });
}

/** An error body that both packages can parse. */
function refusalOf(markers: Markers): object {
  const message = markers.text("refusal: message");
  return {
    type: "error",
    error: { message, type: markers.text("refusal: type"), code: markers.text("refusal: code") },
  };
}

function answersOf(name: string, modelOf: ModelOf): CanaryProgram[] {
  const asks = (title: string, outcome: string, status: number, bodyOf: (markers: Markers) => unknown) =>
    [false, true].map((isStreamed): CanaryProgram => ({
      title: `${name}, ${isStreamed ? "streaming" : "generating"}: ${title}`,
      outcome,
      run: (stage) => {
        const { markers, major, sdk, telemetry } = stage;
        const response = responseOf(markers, status, bodyOf(markers));
        const parameters: CallParameters = {
          ...textOf(major, markers, telemetry.propagate),
          model: modelOf(stage, settingsOf(stage, response)),
          messages: messagesOf(markers).filter((_message, index) => index === 0 || index > 3),
        };
        return witness(stage, async () => {
          if (!isStreamed) return sdk.generateText(parameters);
          const parts: unknown[] = [];
          for await (const part of sdk.streamText(parameters).fullStream) parts.push(part);
          return parts;
        });
      },
    }));
  return [
    ...asks("a refusal", "401", 401, refusalOf),
    ...asks("a refusal that is not JSON", "400", 400, (markers) => markers.text("refusal: body")),
  ];
}

/** A successful response in the wire format of the OpenAI-compatible package. */
function completionOf(markers: Markers): object {
  const message = {
    role: "assistant",
    content: markers.text("completion: text"),
    reasoning_content: markers.text("completion: reasoning"),
  };
  return {
    id: "response-1",
    model: "kestrel-1",
    created: 0,
    choices: [{ index: 0, message, finish_reason: "stop", logprobs: markers.tree("completion: rest") }],
    usage: { prompt_tokens: 3, completion_tokens: 2, [markers.word("completion: count")]: 7 },
  };
}

const completion: CanaryProgram = {
  title: "@ai-sdk/openai-compatible, generating: an answer",
  outcome: "ok",
  run: (stage) => {
    const { markers, major, sdk, telemetry } = stage;
    const settings = settingsOf(stage, responseOf(markers, 200, completionOf(markers)));
    const model = compatible[major.name](settings)("kestrel-chat");
    const parameters = {
      ...textOf(major, markers, telemetry.propagate),
      model,
      prompt: markers.text("prompt"),
    };
    return witness(stage, () => sdk.generateText(parameters));
  },
};

/** The response of the server's tool. */
type Reply = (markers: Markers) => object;

const REPLIES: Readonly<Record<string, Reply>> = {
  "a result": (markers) => ({
    content: [{ type: "text", text: markers.text("MCP: result") }],
    structuredContent: markers.tree("MCP: structured result"),
    _meta: markers.tree("MCP: meta of the result"),
  }),
  "a result that is an error": (markers) => ({
    content: [{ type: "text", text: markers.text("MCP: result") }],
    isError: true,
  }),
  "an error of the protocol": (markers) => {
    throw new McpError(ErrorCode.InternalError, markers.text("MCP: error"), markers.tree("MCP: data"));
  },
};

async function serve(
  { markers, telemetry, received }: CanaryStage,
  reply: Reply,
): Promise<InMemoryTransport> {
  const [forClient, forServer] = InMemoryTransport.createLinkedPair();
  const server = new McpServer({ name: markers.text("MCP: server"), version: "1.0.0" });
  const description = markers.text("MCP: description");
  server.registerTool("searchRooms", { description, title: description }, () => ({ content: [] }));
  server.server.setRequestHandler(CallToolRequestSchema, ({ params }) => {
    received.push(params.arguments);
    telemetry.sent(params._meta);
    return reply(markers);
  });
  await server.connect(forServer);
  return forClient;
}

const mcpPrograms = Object.entries(REPLIES).map(([name, reply]): CanaryProgram => ({
  title: `a tool of an MCP server: ${name}`,
  outcome: "ok",
  run: async (stage) => {
    const { major, sdk, markers, telemetry } = stage;
    const transport = wrapMCPTransport(await serve(stage, reply));
    const client = await createClient[major.name]({ transport });
    const steps = [
      callsTools([], { parts: [toolCall("searchRooms", "call-1", markers.tree("MCP: input"))] }),
      { parts: answerOf(major, markers) },
    ];
    const { model } = contentModel(major, markers, steps, telemetry.propagate);
    const parameters = {
      ...textOf(major, markers, telemetry.propagate),
      model,
      messages: messagesOf(markers),
      tools: await client.tools(),
    };
    await witness(stage, () => sdk.generateText(parameters));
    await client.close();
  },
}));

export const wirePrograms: readonly CanaryProgram[] = [
  ...Object.entries(PACKAGES).flatMap(([name, modelOf]) => answersOf(name, modelOf)),
  completion,
  ...mcpPrograms,
];

/**
 * Each rule finds the span that breaks it, with spans of the real SDK.
 */
import { SpanKind, SpanStatusCode, type Attributes, type SpanOptions } from "@opentelemetry/api";
import type * as SDK from "@opentelemetry/sdk-trace-base";
import { describe, expect, test, vi } from "vitest";
import { DEFAULT_DECLARED, findingText, SCOPE, type CheckedSpan, type Declared } from "./finding.ts";
import { spanFindings } from "./span-findings.ts";

// The actual module, without the hook. These tests check the findings themselves.
const { BasicTracerProvider } = await vi.importActual<typeof SDK>("@opentelemetry/sdk-trace-base");

const CHAT = {
  "gen_ai.operation.name": "chat",
  "gen_ai.provider.name": "openai",
  "gen_ai.request.model": "gpt-4o",
};
const AGENT = { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "booking-agent" };
const TOOL = { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "searchRooms" };
const MCP = { "mcp.method.name": "tools/call", "jsonrpc.request.id": "7" };

interface Case {
  readonly name?: string;
  readonly kind?: SpanKind;
  readonly start?: Attributes;
  /** Attributes that are set after the start. */
  readonly later?: Attributes;
  readonly change?: (span: SDK.Span) => void;
  readonly parent?: Attributes;
  readonly declared?: Declared;
  readonly options?: SpanOptions;
  readonly scope?: { readonly name: string; readonly version?: string };
}

function findings(spanCase: Case): string[] {
  const { name = "chat gpt-4o", kind = SpanKind.CLIENT, start = CHAT, later = {}, scope = SCOPE } = spanCase;
  const tracer = new BasicTracerProvider().getTracer(scope.name, scope.version);
  // The SDK's tracer returns the SDK's spans.
  const span = tracer.startSpan(name, { kind, attributes: start, ...spanCase.options }) as SDK.Span;
  span.setAttributes(later);
  spanCase.change?.(span);
  span.end();
  const { parent: parentAttributes, declared = DEFAULT_DECLARED } = spanCase;
  return spanFindings(span satisfies CheckedSpan, start, { parentAttributes, declared }).map(findingText);
}

const agent = { name: "invoke_agent booking-agent", kind: SpanKind.INTERNAL, start: AGENT } as const;
const tool = { name: "execute_tool searchRooms", kind: SpanKind.INTERNAL, start: TOOL } as const;
const failed = (span: SDK.Span): void => void span.setStatus({ code: SpanStatusCode.ERROR });
const link = { context: { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 } };

describe("a span that fits", () => {
  test.each<[string, Case]>([
    ["a chat", {}],
    ["a chat that failed", { change: failed, later: { "error.type": "429" } }],
    [
      "a chat of a provider that upstream does not list",
      { start: { ...CHAT, "gen_ai.provider.name": "acme" } },
    ],
    ["a chat with keys of ours", { later: { "ai_spans.canceled": true, "ai_spans.metadata.Plan B": "x" } }],
    ["an agent", agent],
    ["a tool", tool],
    ["a tool of an MCP server", { ...tool, later: MCP }],
    [
      "a tool of an agent",
      {
        ...tool,
        start: { ...TOOL, "gen_ai.agent.name": "a" },
        parent: { ...AGENT, "gen_ai.agent.name": "a" },
      },
    ],
    [
      "a chat without a model",
      { name: "chat", start: { "gen_ai.operation.name": "chat", "gen_ai.provider.name": "x" } },
    ],
    [
      "a root with links",
      {
        name: "process",
        start: {},
        options: { links: [{ ...link, attributes: { "ai_spans.link": "origin" } }] },
      },
    ],
    [
      "a chat with keys below another prefix",
      { declared: { namespaces: ["booking"], attributes: [] }, later: { "booking.a": true } },
    ],
    [
      "a chat with an attribute of the application's",
      { declared: { namespaces: [], attributes: ["tenant.id"] }, later: { "tenant.id": "t" } },
    ],
    ["one of another instrumentation", { start: { "gen_ai.system": "openai" }, scope: { name: "ai" } }],
  ])("%s", (_title, spanCase) => expect(findings(spanCase)).toEqual([]));
});

const BROKEN: ReadonlyArray<readonly [spanCase: Case, ...findings: string[]]> = [
  [{ scope: { name: "ai-spans", version: "0" } }, "scope, chat, chat gpt-4o: has version 0 of the scope"],
  [{ change: (span) => span.setStatus({ code: SpanStatusCode.OK }) }, "status, chat, chat gpt-4o: is OK"],
  [
    {
      change: (span) => span.setStatus({ code: SpanStatusCode.ERROR, message: "no" }),
      later: { "error.type": "429" },
    },
    "status, chat, chat gpt-4o: has a description",
  ],
  [{ change: failed }, "error.type, chat, chat gpt-4o: is absent at status ERROR"],
  [{ later: { "error.type": "429" } }, "error.type, chat, chat gpt-4o: is there without status ERROR"],
  [
    { change: failed, later: { "error.type": "no room left" } },
    'value, chat, error.type: is "no room left", which is no word for it',
  ],
  [{ change: (span) => span.addEvent("e") }, "events, chat, chat gpt-4o: are 1"],
  [{ options: { links: [link] } }, "links, chat, chat gpt-4o: are 1"],
  [
    { name: "process", start: {}, options: { links: [link] } },
    "links, handover, process: do not say what they are",
  ],
  [{ kind: SpanKind.INTERNAL }, "kind, chat, chat gpt-4o: is INTERNAL, not CLIENT"],
  [{ name: "chat" }, "name, chat, chat: is not chat gpt-4o"],
  [{ name: "chat other" }, "name, chat, chat other: is not chat gpt-4o"],
  [
    { name: "chat", start: { ...CHAT, "gen_ai.request.model": "é".repeat(30) } },
    `name length, chat, the bare operation: stands for chat ${"é".repeat(30)}`,
  ],
  [
    { name: `chat ${"é".repeat(30)}`, start: { ...CHAT, "gen_ai.request.model": "é".repeat(30) } },
    `name, chat, chat ${"é".repeat(30)}: is not chat`,
  ],
  [
    { name: "chat gpt-4o", start: {} },
    "operation, handover, chat gpt-4o: has the name of an operation and no gen_ai.operation.name",
  ],
  [
    { name: "process", start: { "gen_ai.request.model": "m" } },
    "attribute of others, handover, gen_ai.request.model: is not one that the conventions have here",
  ],
  [
    {
      name: "rerank m",
      start: { ...CHAT, "gen_ai.operation.name": "rerank", "gen_ai.request.model": "m" },
    },
    "custom value, rerank, gen_ai.operation.name=rerank: is not listed",
  ],
  [{ later: { "gen_ai.made.up": 1 } }, "unknown attribute, chat, gen_ai.made.up: is not in the conventions"],
  [{ later: { canceled: true } }, "unknown attribute, chat, canceled: is not in the conventions"],
  [{ later: { "ai_spansX.a": true } }, "unknown attribute, chat, ai_spansX.a: is not in the conventions"],
  [{ later: { "booking.a": true } }, "unknown attribute, chat, booking.a: is not in the conventions"],
  [
    { later: { "ai_spans.list": [1, 2] } },
    "type, chat, ai_spans.list: is [1,2], no scalar or list of strings",
  ],
  [
    { ...agent, later: { "gen_ai.response.id": "r" } },
    "attribute of others, invoke_agent, gen_ai.response.id: is not one that the conventions have here",
  ],
  [{ later: { "gen_ai.system": "openai" } }, "deprecated, chat, gen_ai.system: since core v1.37.0"],
  [
    { later: { "gen_ai.usage.cache_creation.input_tokens": 1 } },
    "deprecated, chat, gen_ai.usage.cache_creation.input_tokens: since genai PR 440, after 2026-08-03",
  ],
  [{ later: { "gen_ai.input.messages": "hello" } }, "content, chat, gen_ai.input.messages: may hold content"],
  [{ later: { "gen_ai.request.seed": 1.5 } }, "type, chat, gen_ai.request.seed: is 1.5, not int"],
  [{ later: { "gen_ai.request.seed": "1" } }, 'type, chat, gen_ai.request.seed: is "1", not int'],
  [
    { later: { "gen_ai.request.temperature": Number.NaN } },
    "type, chat, gen_ai.request.temperature: is null, not double",
  ],
  [
    { later: { "gen_ai.response.finish_reasons": "stop" } },
    'type, chat, gen_ai.response.finish_reasons: is "stop", not string[]',
  ],
  [{ later: { "gen_ai.response.id": 7 } }, "type, chat, gen_ai.response.id: is 7, not string"],
  [{ later: { "gen_ai.request.stream": 1 } }, "type, chat, gen_ai.request.stream: is 1, not boolean"],
  [{ later: { "gen_ai.request.stream": false } }, "value, chat, gen_ai.request.stream: is false"],
  [{ later: { "gen_ai.request.choice.count": 1 } }, "value, chat, gen_ai.request.choice.count: is 1"],
  [
    { later: { "gen_ai.output.type": "video" } },
    "custom value, chat, gen_ai.output.type=video: is not listed",
  ],
  [
    { start: { ...CHAT, "gen_ai.provider.name": "xai" } },
    'value, chat, gen_ai.provider.name: is "xai", for which x_ai is listed',
  ],
  [
    { start: { ...CHAT, "gen_ai.provider.name": "bedrock" } },
    'value, chat, gen_ai.provider.name: is "bedrock", for which aws.bedrock is listed',
  ],
  [
    { start: { ...CHAT, "gen_ai.provider.name": "acme.chat" } },
    'value, chat, gen_ai.provider.name: is "acme.chat", which is no word for it',
  ],
  [
    { start: { "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o" } },
    "required, chat, gen_ai.provider.name: is absent",
  ],
  [
    { ...tool, name: "execute_tool", start: { "gen_ai.operation.name": "execute_tool" } },
    "required, execute_tool, gen_ai.tool.name: is absent",
  ],
  [
    { start: { ...CHAT, "server.address": "api.example.com" } },
    "condition, chat, server.port: is absent: when server.address is set",
  ],
  [
    { ...tool, later: { "mcp.method.name": "tools/call" } },
    "condition, execute_tool, jsonrpc.request.id: is absent: for requests (not notifications)",
  ],
  [{ ...tool, parent: AGENT }, "condition, execute_tool, gen_ai.agent.name: is undefined, not its agent's"],
  [
    { parent: { ...AGENT, "gen_ai.conversation.id": "c-42" }, later: { "gen_ai.conversation.id": "c-1" } },
    "condition, chat, gen_ai.conversation.id: is c-1, not its agent's",
  ],
  [
    {
      start: { "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o" },
      later: { "gen_ai.provider.name": "openai" },
    },
    "start, chat, gen_ai.provider.name: was undefined at the start",
  ],
  [
    { ...tool, later: { "gen_ai.tool.type": "function" } },
    "start, execute_tool, gen_ai.tool.type: was undefined at the start",
  ],
];

test.each(BROKEN.map(([spanCase, ...expected]) => ({ spanCase, expected })))(
  "$expected.0",
  ({ spanCase, expected }) => {
    expect(findings(spanCase)).toEqual(expected);
  },
);

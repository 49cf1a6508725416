/**
 * The facts of each fixture on the wire, in the terms of the spans, and where a major's provider package does not pass
 * them on. The counts are written here by hand.
 */
import type { WireFormat } from "../../fixtures/provider-server.ts";
import type { Conversation, WireFacts } from "./wire-facts.ts";

/** The facts of an answer that the package rejects as a whole. */
function rejected(error: string): WireFacts {
  return { error, usage: null, finish: null, identified: false };
}

// v5's packages pass on neither the cache writes nor a refusal.
const CACHE_WRITE_USAGE = { input: 5200, output: 18, cacheRead: 2048, cacheWrite: 3072, reasoning: 0 };
const CACHE_WRITE_ON_V5 = { usage: { input: 5200, output: 18, cacheRead: 2048, reasoning: 0 } };

const openAIResponses: Readonly<Record<string, Conversation>> = {
  "encrypted-reasoning": {
    usage: { input: 2214, output: 141, cacheRead: 2048, reasoning: 128 },
    finish: "stop",
  },
  "cache-write": { usage: CACHE_WRITE_USAGE, finish: "stop", on: { v5: CACHE_WRITE_ON_V5 } },
  "zero-counts": { usage: { input: 9, output: 3, cacheRead: 0, reasoning: 0 }, finish: "stop" },
  "usage-totals-only": { usage: { input: 44, output: 18 }, finish: "stop" },
  "usage-missing": {
    usage: null,
    finish: "stop",
    // v5's package does not accept an answer without counts.
    on: { v5: { streamed: { finish: "other", error: "_OTHER" }, direct: rejected("AI_APICallError") } },
  },
  refusal: {
    usage: { input: 90, output: 8, cacheRead: 0, reasoning: 0 },
    finish: "content_filter",
    on: { v5: { streamed: { finish: "stop", output: false }, direct: rejected("AI_APICallError") } },
  },
  incomplete: { usage: { input: 60, output: 20, cacheRead: 0, reasoning: 16 }, finish: "length" },
  "content-filter": {
    usage: { input: 60, output: 3, cacheRead: 0, reasoning: 0 },
    finish: "content_filter",
  },
  "cut-short": { usage: { input: 310, output: 16, cacheRead: 0, reasoning: 0 }, finish: "length" },
  failed: {
    usage: null,
    finish: "error",
    error: "500",
    // The status 200 is no `error.type`, so the class of the error is.
    direct: rejected("AI_APICallError"),
    // v5 does not know `response.failed`, so for it the stream ends silently.
    on: { v5: { streamed: { finish: "other", error: "_OTHER" } } },
  },
  "failed-before-output": {
    ...rejected("429"),
    output: false,
    direct: rejected("AI_APICallError"),
    on: { v5: { streamed: { finish: "other", error: "_OTHER", identified: true } } },
  },
  "unknown-event": {
    only: "streamed",
    usage: { input: 9, output: 3, cacheRead: 0, reasoning: 0 },
    finish: "stop",
  },
  "stream-error": {
    only: "streamed",
    usage: null,
    finish: "error",
    error: "500",
    on: { v5: { finish: "other", error: "_OTHER" } },
  },
  "error-before-output": {
    only: "streamed",
    ...rejected("429"),
    output: false,
    on: { v5: { finish: "other", error: "_OTHER", identified: true } },
  },
  "connection-lost": { only: "streamed", usage: null, finish: null, error: "AI_APICallError" },
};

const openAIChat: Readonly<Record<string, Conversation>> = {
  text: { usage: { input: 312, output: 18, cacheRead: 256, reasoning: 0 }, finish: "stop" },
  reasoning: { usage: { input: 1840, output: 402, cacheRead: 1536, reasoning: 384 }, finish: "stop" },
  "cache-write": { usage: CACHE_WRITE_USAGE, finish: "stop", on: { v5: CACHE_WRITE_ON_V5 } },
  "zero-counts": { usage: { input: 9, output: 3, cacheRead: 0, reasoning: 0 }, finish: "stop" },
  "usage-totals-only": { usage: { input: 44, output: 18 }, finish: "stop" },
  "usage-null-parts": { usage: { input: 44, output: 18 }, finish: "stop" },
  "usage-missing": { usage: null, finish: "stop" },
  "usage-before-finish": {
    only: "streamed",
    usage: { input: 77, output: 18, cacheRead: 0, reasoning: 0 },
    finish: "stop",
  },
  length: { usage: { input: 60, output: 4, cacheRead: 0, reasoning: 0 }, finish: "length" },
  refusal: {
    usage: { input: 90, output: 8, cacheRead: 0, reasoning: 0 },
    finish: "content_filter",
    on: { v5: { finish: "stop", output: false } },
  },
  "content-filter": {
    usage: { input: 40, output: 5, cacheRead: 0, reasoning: 0 },
    finish: "content_filter",
  },
  "no-choices": { only: "direct", ...rejected("AI_InvalidResponseDataError") },
  "stream-error": {
    only: "streamed",
    usage: null,
    finish: "error",
    // The error is a plain object, except on v7, whose package reports the status.
    error: "_OTHER",
    on: { v7: { error: "500" } },
  },
  "error-before-output": {
    only: "streamed",
    ...rejected("500"),
    output: false,
    on: { v5: { finish: "error", error: "_OTHER" } },
  },
};

/** The counts of the first event, which v7's package reports at once. */
const STARTED_USAGE = { input: 518, cacheRead: 0, cacheWrite: 0 };

const anthropicMessages: Readonly<Record<string, Conversation>> = {
  thinking: {
    usage: { input: 2572, output: 210, cacheRead: 2048, cacheWrite: 512, reasoning: 188 },
    finish: "stop",
  },
  "thinking-uncounted": { usage: { input: 12, output: 210, cacheRead: 0, cacheWrite: 0 }, finish: "stop" },
  "zero-counts": { usage: { input: 9, output: 3, cacheRead: 0, cacheWrite: 0 }, finish: "stop" },
  "null-cache-counts": { usage: { input: 44, output: 18 }, finish: "stop" },
  "output-count-only": {
    usage: { input: 1044, output: 18, cacheRead: 1024, cacheWrite: 0 },
    finish: "stop",
  },
  "cumulative-usage": {
    only: "streamed",
    usage: { input: 5420, output: 44, cacheRead: 300, cacheWrite: 0 },
    finish: "stop",
  },
  "null-delta-counts": {
    only: "streamed",
    usage: { input: 1108, output: 18, cacheRead: 1024, cacheWrite: 64 },
    finish: "stop",
  },
  advisor: {
    usage: { input: 120, output: 50, cacheRead: 0, cacheWrite: 0 },
    finish: "stop",
    // v5's package adds the advisor's tokens.
    on: { v5: { usage: { input: 1020, output: 450, cacheRead: 0, cacheWrite: 0 } } },
  },
  compaction: { usage: { input: 5120, output: 350, cacheRead: 0, cacheWrite: 0 }, finish: "stop" },
  "unknown-event": {
    only: "streamed",
    usage: { input: 30, output: 14, cacheRead: 0, cacheWrite: 0 },
    finish: "stop",
    // The packages treat the unknown event as a broken one.
    error: "AI_TypeValidationError",
  },
  "cut-short": { usage: { input: 310, output: 16, cacheRead: 0, cacheWrite: 0 }, finish: "length" },
  refusal: {
    usage: { input: 90, output: 1, cacheRead: 0, cacheWrite: 0 },
    finish: "content_filter",
    output: false,
  },
  "stop-sequence": { usage: { input: 30, output: 4, cacheRead: 0, cacheWrite: 0 }, finish: "stop" },
  "context-window": {
    usage: { input: 199990, output: 10, cacheRead: 0, cacheWrite: 0 },
    finish: "length",
    // v5's package does not know this finish reason.
    on: { v5: { finish: "other" } },
  },
  fallback: {
    usage: { input: 412, output: 18, cacheRead: 0, cacheWrite: 0 },
    finish: "stop",
    responseModel: "claude-opus-4-8",
  },
  "odd-stop": { usage: { input: 30, output: 14, cacheRead: 0, cacheWrite: 0 }, finish: "other" },
  "stream-error": {
    only: "streamed",
    usage: null,
    finish: null,
    error: "_OTHER",
    on: { v7: { error: "529", usage: STARTED_USAGE } },
  },
  "error-before-output": { only: "streamed", ...rejected("529"), output: false },
  "connection-lost": {
    only: "streamed",
    usage: null,
    finish: null,
    error: "AI_APICallError",
    on: { v7: { usage: STARTED_USAGE } },
  },
};

const google: Readonly<Record<string, Conversation>> = {
  text: { usage: { input: 312, output: 16 }, finish: "stop" },
  thoughts: { usage: { input: 2214, output: 204, cacheRead: 2048, reasoning: 188 }, finish: "stop" },
  "zero-counts": { usage: { input: 9, output: 3, cacheRead: 0, reasoning: 0 }, finish: "stop" },
  "usage-missing": { usage: null, finish: "stop" },
  "usage-null-fields": { usage: { input: 44, output: 16 }, finish: "stop" },
  "search-grounding": { usage: { input: 940, output: 66, reasoning: 50 }, finish: "stop" },
  "two-candidates": { usage: { input: 40, output: 20 }, finish: "stop" },
  "max-tokens": { usage: { input: 40, output: 61, reasoning: 61 }, finish: "length", output: false },
  safety: { usage: { input: 40, output: 4 }, finish: "content_filter" },
  "prompt-blocked": { usage: { input: 40 }, finish: "content_filter", output: false },
  "malformed-function-call": {
    usage: { input: 40, output: 12, reasoning: 12 },
    finish: "error",
    output: false,
  },
  "stream-error": { only: "streamed", usage: { input: 40, output: 3 }, finish: "error", error: "503" },
};

const openAICompatible: Readonly<Record<string, Conversation>> = {
  text: { usage: { input: 312, output: 18, cacheRead: 256, reasoning: 0 }, finish: "stop" },
  reasoning: { usage: { input: 130, output: 61, cacheRead: 64, reasoning: 43 }, finish: "stop" },
  "router-comments": {
    only: "streamed",
    usage: { input: 131, output: 31, cacheRead: 0, reasoning: 12 },
    finish: "stop",
  },
  "usage-per-chunk": { only: "streamed", usage: { input: 30, output: 13 }, finish: "stop" },
  "usage-missing": { usage: null, finish: "stop" },
  "usage-totals-only": { usage: { input: 44, output: 18 }, finish: "stop" },
  "usage-null-fields": { usage: null, finish: "stop" },
  "zero-counts": { usage: { input: 9, output: 3, cacheRead: 0, reasoning: 0 }, finish: "stop" },
  "reasoning-apart": { usage: { input: 32, output: 103, cacheRead: 6, reasoning: 94 }, finish: "stop" },
  "cached-on-top": {
    usage: { input: 1240, output: 18, cacheRead: 1024 },
    finish: "stop",
    // v5's package reads only the details, and passes on nothing of the wire.
    on: { v5: { usage: { input: 1240, output: 18 } } },
  },
  "cache-reads-only": { usage: { input: 3019, output: 104, cacheRead: 2048 }, finish: "stop" },
  "cache-creation": {
    usage: { input: 1605, output: 18, cacheRead: 0, cacheWrite: 1503 },
    finish: "stop",
    on: { v5: { usage: { input: 1605, output: 18, cacheRead: 0 } } },
  },
  "cache-hits": {
    usage: { input: 1240, output: 18, cacheRead: 1152 },
    finish: "stop",
    on: { v5: { usage: { input: 1240, output: 18 } } },
  },
  "odd-finish": { usage: { input: 22, output: 14, cacheRead: 0 }, finish: "other" },
  length: { usage: { input: 60, output: 4, cacheRead: 0 }, finish: "length" },
  "content-filter": {
    usage: { input: 60, output: 0, cacheRead: 0 },
    finish: "content_filter",
    output: false,
  },
  "stream-error": { only: "streamed", usage: null, finish: "error", error: "_OTHER" },
};

export const conversations: Readonly<Record<WireFormat, Readonly<Record<string, Conversation>>>> = {
  "openai-responses": openAIResponses,
  "openai-chat": openAIChat,
  "anthropic-messages": anthropicMessages,
  "google-generative-ai": google,
  "openai-compatible": openAICompatible,
};

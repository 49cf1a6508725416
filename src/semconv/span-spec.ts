/**
 * Records to what a span is started with: name, kind and the attributes that samplers look at.
 * Pure; everything that is not for samplers is in `span-attributes.ts`.
 */
import {
  ATTR_AGENT_NAME,
  ATTR_OPERATION_NAME,
  ATTR_PROVIDER_NAME,
  ATTR_REQUEST_MODEL,
  ATTR_TOOL_NAME,
  ATTR_TOOL_TYPE,
  OPERATION_CHAT,
  OPERATION_EXECUTE_TOOL,
  OPERATION_INVOKE_AGENT,
} from "./attributes.ts";
import { providerName } from "./provider-name.ts";
import type { ModelRequest, ToolRequest } from "./records.ts";

export type SpanAttributes = Record<string, string | number | boolean | string[]>;

export interface SpanSpec {
  readonly name: string;
  readonly kind: "client" | "internal";
  readonly attributes: SpanAttributes;
}

/** Longest span name in UTF-8 bytes; a longer one falls back to the bare operation. */
const NAME_LIMIT_BYTES = 64;

export function agentSpanSpec(agentName: string | undefined, model: string | undefined): SpanSpec {
  const attributes: SpanAttributes = { [ATTR_OPERATION_NAME]: OPERATION_INVOKE_AGENT };
  if (agentName !== undefined) attributes[ATTR_AGENT_NAME] = agentName;
  if (model !== undefined) attributes[ATTR_REQUEST_MODEL] = model;
  return { name: spanName(OPERATION_INVOKE_AGENT, agentName), kind: "internal", attributes };
}

export function chatSpanSpec(request: ModelRequest): SpanSpec {
  const attributes: SpanAttributes = { [ATTR_OPERATION_NAME]: OPERATION_CHAT };
  if (request.providerId !== undefined) attributes[ATTR_PROVIDER_NAME] = providerName(request.providerId);
  if (request.model !== undefined) attributes[ATTR_REQUEST_MODEL] = request.model;
  return { name: spanName(OPERATION_CHAT, request.model), kind: "client", attributes };
}

export function toolSpanSpec(tool: ToolRequest, agentName: string | undefined): SpanSpec {
  const attributes: SpanAttributes = {
    [ATTR_OPERATION_NAME]: OPERATION_EXECUTE_TOOL,
    [ATTR_TOOL_NAME]: tool.name,
    [ATTR_TOOL_TYPE]: tool.type,
  };
  if (agentName !== undefined) attributes[ATTR_AGENT_NAME] = agentName;
  return { name: spanName(OPERATION_EXECUTE_TOOL, tool.name), kind: "internal", attributes };
}

function spanName(operation: string, target: string | undefined): string {
  if (target === undefined || target === "") return operation;
  const name = `${operation} ${target}`;
  return utf8Length(name) <= NAME_LIMIT_BYTES ? name : operation;
}

function utf8Length(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : new TextEncoder().encode(text).length;
}

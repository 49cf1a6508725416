/**
 * Checks a span against the conventions. The findings depend only on the arguments and on the facts.
 */
import { SpanKind, SpanStatusCode, type Attributes } from "@opentelemetry/api";
import { attributeFindings, presenceFindings } from "./attribute-findings.ts";
import { spanFact, spanFacts, type AttributeReference, type SpanFact } from "./facts.ts";
import { DEFAULT_DECLARED, SCOPE, type CheckedSpan, type Declared, type Finding } from "./finding.ts";

const OPERATION = "gen_ai.operation.name";
/** The limit of a name, in bytes of UTF-8. A span whose name would be longer has only the operation as its name. */
const NAME_LIMIT_BYTES = 64;
/** Spans of `ai-spans/propagation`, which have the caller's name and no operation. */
const HANDOVER = "handover";
/** The span type by which an operation is checked if upstream has no type for it. */
const NEAREST_TYPE = "gen_ai.client.inference";
const LINK_ROLES = new Set<unknown>(["delivery", "origin"]);

export interface SpanSurroundings {
  /** The attributes of the span's parent, if the parent is known to be one of our spans. */
  readonly parentAttributes?: Attributes | undefined;
  readonly declared?: Declared;
}

/**
 * @param startAttributes the attributes at the start of the span; `undefined` if they are unknown
 * @returns no finding for spans of other instrumentations
 */
export function spanFindings(
  span: CheckedSpan,
  startAttributes: Attributes | undefined,
  { parentAttributes = {}, declared = DEFAULT_DECLARED }: SpanSurroundings = {},
): Finding[] {
  if (span.instrumentationScope.name !== SCOPE.name) return [];
  const operation = span.attributes[OPERATION];
  if (operation === undefined)
    return [...commonFindings(span, HANDOVER), ...handoverFindings(span, declared)];
  const on = String(operation);
  const fact = spanFacts.find(({ operation_names: names }) => names.includes(on)) ?? spanFact(NEAREST_TYPE);
  const references = referencesOf(fact, span);
  return [
    ...commonFindings(span, on),
    ...formFindings(span, on, fact),
    ...attributeFindings(on, span.attributes, declared, references),
    ...presenceFindings(on, span.attributes, references),
    ...inheritedFindings(span, on, references, parentAttributes),
    ...(startAttributes ? startFindings(span, on, references, startAttributes) : []),
  ];
}

/**
 * The span of a tool call that goes to an MCP server may also have the attributes of an MCP client span, as upstream
 * advises.
 */
function referencesOf(fact: SpanFact, { attributes }: CheckedSpan): readonly AttributeReference[] {
  if (fact.type !== "gen_ai.execute_tool.internal" || attributes["mcp.method.name"] === undefined) {
    return fact.attributes;
  }
  const own = new Set(fact.attributes.map(({ name }) => name));
  return [...fact.attributes, ...spanFact("mcp.client").attributes.filter(({ name }) => !own.has(name))];
}

function commonFindings(span: CheckedSpan, on: string): Finding[] {
  const { name, status, events, instrumentationScope: scope } = span;
  const failed = status.code === SpanStatusCode.ERROR;
  return broken(on, name, [
    ["scope", scope.version !== SCOPE.version, `has version ${scope.version} of the scope`],
    ["status", status.code === SpanStatusCode.OK, "is OK"],
    ["status", Boolean(status.message), "has a description"],
    ["error.type", failed && span.attributes["error.type"] === undefined, "is absent at status ERROR"],
    ["error.type", !failed && span.attributes["error.type"] !== undefined, "is there without status ERROR"],
    ["events", events.length > 0, `are ${events.length}`],
  ]);
}

function formFindings(span: CheckedSpan, on: string, fact: SpanFact): Finding[] {
  const named = nameBy(fact, span.attributes);
  const isLong = new TextEncoder().encode(named).length > NAME_LIMIT_BYTES;
  return broken(on, span.name, [
    ["kind", SpanKind[span.kind] !== fact.span_kind, `is ${SpanKind[span.kind]}, not ${fact.span_kind}`],
    ["links", span.links.length > 0, `are ${span.links.length}`],
    ["name", span.name !== (isLong ? on : named), `is not ${isLong ? on : named}`],
    // A separate finding, because ai-spans cuts long names on purpose.
    ["name length", isLong && span.name === on, `stands for ${named}`],
  ]).map((finding) =>
    finding.rule === "name length" ? { ...finding, subject: "the bare operation" } : finding,
  );
}

/** The first formula whose attributes are all there. */
function nameBy({ span_name: { formulas_in_order: formulas } }: SpanFact, attributes: Attributes): string {
  for (const formula of formulas) {
    const placeholders = [...formula.matchAll(/\{([^}]+)\}/g)].map(([, key]) => String(key));
    if (placeholders.every((key) => attributes[key] !== undefined && attributes[key] !== "")) {
      return formula.replaceAll(/\{([^}]+)\}/g, (_placeholder, key) => String(attributes[String(key)]));
    }
  }
  return String(attributes[OPERATION]);
}

/** Calls below an agent must have the agent's name and conversation, if upstream has these attributes for them. */
function inheritedFindings(
  span: CheckedSpan,
  on: string,
  references: readonly AttributeReference[],
  parent: Attributes,
): Finding[] {
  if (parent[OPERATION] !== "invoke_agent") return [];
  return ["gen_ai.agent.name", "gen_ai.conversation.id"].flatMap((key) => {
    const isDue =
      references.some(({ name }) => name === key) && parent[key] !== undefined && on !== "invoke_agent";
    const found = span.attributes[key];
    return isDue && found !== parent[key]
      ? [{ rule: "condition", on, subject: key, detail: `is ${String(found)}, not its agent's` } as const]
      : [];
  });
}

function startFindings(
  span: CheckedSpan,
  on: string,
  references: readonly AttributeReference[],
  start: Attributes,
): Finding[] {
  return references.flatMap(({ name, set_at_span_start: isForSamplers }) => {
    const value = span.attributes[name];
    return isForSamplers === true && value !== undefined && start[name] !== value
      ? [{ rule: "start", on, subject: name, detail: `was ${String(start[name])} at the start` } as const]
      : [];
  });
}

/** The caller chooses the name, the kind and the attributes of these spans. ai-spans sets their links and their end. */
function handoverFindings(span: CheckedSpan, declared: Declared): Finding[] {
  const [word = ""] = span.name.split(" ");
  const isOperation = spanFacts.some(({ operation_names: names }) => names.includes(word));
  const own = Object.fromEntries(
    Object.entries(span.attributes).filter(([key]) => /^(gen_ai|ai|ai_spans|mcp|error)\./.test(key)),
  );
  return [
    ...broken(HANDOVER, span.name, [
      ["operation", isOperation, "has the name of an operation and no gen_ai.operation.name"],
      [
        "links",
        !span.links.every(({ attributes }) => LINK_ROLES.has(attributes?.["ai_spans.link"])),
        "do not say what they are",
      ],
    ]),
    ...attributeFindings(HANDOVER, own, declared, [
      { name: "error.type", requirement_level: "conditionally_required" },
    ]),
  ];
}

type Check = readonly [rule: Finding["rule"], isBroken: boolean, detail: string];

function broken(on: string, subject: string, checks: readonly Check[]): Finding[] {
  return checks.flatMap(([rule, isBroken, detail]) => (isBroken ? [{ rule, on, subject, detail }] : []));
}

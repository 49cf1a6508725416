/**
 * Checks an attribute, on whatever span or metric it is: the conventions must know it, and its type and value must fit.
 */
import type { AttributeValue } from "@opentelemetry/api";
import { attributeFacts, type AttributeFact, type AttributeReference } from "./facts.ts";
import type { Declared, Finding } from "./finding.ts";

/**
 * Upstream cannot list these values, because any provider and any error class may occur. Every other enum is closed
 * here.
 */
const OPEN_ENUMS = new Set(["gen_ai.provider.name", "error.type"]);
/** The form of values that an open enum does not list. docs/reference/spans.md has both rules. */
const OPEN_VALUES: Readonly<Record<string, RegExp>> = {
  "error.type": /^[A-Za-z0-9_.:-]{1,64}$/,
  // The SDK's provider id up to its first dot.
  "gen_ai.provider.name": /^[^.]+$/,
};
/** Rules of upstream that allow only some values, if the attribute is there. */
const ONLY_VALUES: Readonly<Record<string, (value: unknown) => boolean>> = {
  "gen_ai.request.stream": (value) => value === true,
  "gen_ai.conversation.compacted": (value) => value === true,
  "gen_ai.request.choice.count": (value) => value !== 1,
};

type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

/**
 * Whether the key is ours: it starts with the namespace and has the spelling of the conventions. The caller's metadata
 * may have any name.
 */
export function isVendorKey(key: string, { namespaces }: Declared): boolean {
  return namespaces.some(
    (namespace) =>
      key.startsWith(`${namespace}.`) &&
      /^(metadata\..+|[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*)$/s.test(key.slice(namespace.length + 1)),
  );
}

/**
 * Checks each attribute alone.
 *
 * @param allowed the attributes that the conventions have for this span or metric; `undefined` allows all that they
 * know
 */
export function attributeFindings(
  on: string,
  attributes: Attributes,
  declared: Declared,
  allowed?: readonly AttributeReference[],
): Finding[] {
  const findings: Finding[] = [];
  const find = (rule: Finding["rule"], subject: string, detail: string): void =>
    void findings.push({ rule, on, subject, detail });
  for (const [key, value] of Object.entries(attributes)) {
    if (declared.attributes.includes(key)) continue;
    const fact = attributeFacts.get(key);
    if (!fact) {
      if (!isVendorKey(key, declared)) find("unknown attribute", key, "is not in the conventions");
      else if (!isPlain(value)) find("type", key, `is ${describe(value)}, no scalar or list of strings`);
      continue;
    }
    const reference = allowed?.find(({ name }) => name === key);
    if (fact.deprecated) find("deprecated", key, `since ${fact.deprecated.since}`);
    else if (fact.sensitive_content) find("content", key, "may hold content");
    else if (allowed && !reference)
      find("attribute of others", key, "is not one that the conventions have here");
    if (!TYPES[fact.type](value)) find("type", key, `is ${describe(value)}, not ${fact.type}`);
    else findings.push(...valueFindings(on, fact, value));
  }
  return findings;
}

function valueFindings(on: string, { name, members }: AttributeFact, value: unknown): Finding[] {
  if (ONLY_VALUES[name]?.(value) === false) {
    return [{ rule: "value", on, subject: name, detail: `is ${describe(value)}` }];
  }
  if (!members || members.includes(String(value))) return [];
  if (!OPEN_ENUMS.has(name)) {
    return [{ rule: "custom value", on, subject: `${name}=${String(value)}`, detail: "is not listed" }];
  }
  const listed = members.find((member) => standsFor(String(value), member));
  const detail = listed
    ? `is ${describe(value)}, for which ${listed} is listed`
    : `is ${describe(value)}, which is no word for it`;
  const isFit = listed === undefined && OPEN_VALUES[name]?.test(String(value)) === true;
  return isFit ? [] : [{ rule: "value", on, subject: name, detail }];
}

/**
 * Whether the value is only another spelling of a listed one, such as `xai` of `x_ai` or `azure` of `azure.ai.openai`.
 */
function standsFor(value: string, member: string): boolean {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  return (
    plain(value) === plain(member) ||
    member
      .split(/[._]/)
      .filter((word) => word.length > 2)
      .includes(value)
  );
}

const isText = (value: unknown): boolean => typeof value === "string";

const TYPES: Readonly<Record<AttributeFact["type"], (value: unknown) => boolean>> = {
  string: isText,
  "enum(string)": isText,
  "template[string]": isText,
  int: Number.isInteger,
  double: Number.isFinite,
  boolean: (value) => typeof value === "boolean",
  "string[]": isStringList,
  any: () => true,
};

/** The types that an attribute of ours may have. */
function isPlain(value: unknown): boolean {
  return [TYPES.boolean, TYPES.double, TYPES.string, isStringList].some((holds) => holds(value));
}

function isStringList(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}

function describe(value: unknown): string {
  return JSON.stringify(value) ?? typeof value;
}

/**
 * Checks that attributes are present: those always required, and those required by another attribute. It does not check
 * conditions that depend on the request.
 */
export function presenceFindings(
  on: string,
  attributes: Attributes,
  references: readonly AttributeReference[],
): Finding[] {
  const conditions: Readonly<Record<string, boolean>> = {
    "server.port": attributes["server.address"] !== undefined,
    "jsonrpc.request.id": attributes["mcp.method.name"] !== undefined,
  };
  return references.flatMap(({ name, requirement_level: level, condition }): Finding[] => {
    if (attributes[name] !== undefined) return [];
    if (level === "required") return [{ rule: "required", on, subject: name, detail: "is absent" }];
    return level === "conditionally_required" && conditions[name] === true
      ? [{ rule: "condition", on, subject: name, detail: `is absent: ${condition}` }]
      : [];
  });
}

// Finds our functions that the program, the SDK or the platform calls back, and what in them could throw because of us.
// It knows only syntax.
import ts from "typescript";
import { BOUNDARY, CONTAINED, PLAIN } from "./boundary-table.ts";

export type EntryKind =
  | "timer"
  | "finalizer"
  | "listener"
  | "stream algorithm"
  | "promise reaction"
  | "proxy trap"
  | "defined member"
  | "overridden method"
  | "replaced function"
  | "telemetry callback"
  | "carrier";

export interface EntryPoint {
  readonly file: string;
  readonly line: number;
  readonly kind: EntryKind;
  /** The calls that could throw because of us. It is empty if all is contained. */
  readonly open: readonly string[];
}

/** Which arguments of a call are callbacks, by the name of the called function. */
const CALLS = new Map<string, readonly [kind: EntryKind, from: number, to: number]>([
  ["setTimeout", ["timer", 0, 1]],
  ["startTimer", ["timer", 0, 1]],
  ["setInterval", ["timer", 0, 1]],
  ["setImmediate", ["timer", 0, 1]],
  ["queueMicrotask", ["timer", 0, 1]],
  ["FinalizationRegistry", ["finalizer", 0, 1]],
  ["addEventListener", ["listener", 1, 2]],
  ["then", ["promise reaction", 0, 2]],
  ["catch", ["promise reaction", 0, 1]],
  ["finally", ["promise reaction", 0, 1]],
  ["createStream", ["stream algorithm", 0, 1]],
  ["ReadableStream", ["stream algorithm", 0, 1]],
  ["WritableStream", ["stream algorithm", 0, 1]],
  ["TransformStream", ["stream algorithm", 0, 1]],
  ["PlatformStream", ["stream algorithm", 0, 1]],
  ["Proxy", ["proxy trap", 1, 2]],
  ["defineProperty", ["defined member", 2, 3]],
  ["overrideOnce", ["overridden method", 2, 3]],
  ["onOriginal", ["replaced function", 1, 2]],
  ["wrapObject", ["replaced function", 1, 2]],
]);

/** Others call the members of objects and classes of these types. */
const TYPES = new Map<string, EntryKind>(
  Object.entries({
    ProxyHandler: "proxy trap",
    ViewHandler: "proxy trap",
    AISDKTelemetry: "telemetry callback",
    CarrierPair: "carrier",
  }),
);
/** Only these members of a proxy handler's class are traps. */
const TRAPS = new Set([
  "get",
  "set",
  "has",
  "apply",
  "construct",
  "defineProperty",
  "deleteProperty",
  "getOwnPropertyDescriptor",
  "ownKeys",
  "getPrototypeOf",
  "setPrototypeOf",
  "preventExtensions",
  "isExtensible",
]);

/** Functions of the language. They throw only because of their arguments. */
const NATIVE =
  /^(Reflect|Object|Array|Promise)\b|^(Set|Map|WeakSet|WeakMap|String|Boolean)$|\.(has|add|delete|slice|keys|filter|some|every|map)$/;

/** The source, and the rows of the table that were used. */
interface Look {
  readonly source: ts.SourceFile;
  readonly used: Set<string>;
}

function isPlainRow(row: string, used: Set<string>): boolean {
  if (PLAIN.has(row)) used.add(row);
  return PLAIN.has(row);
}

type FunctionNode = ts.FunctionLikeDeclaration & { readonly body: ts.Node };

/** @param used gets the rows of the table that were used */
export function entryPointsOf(file: string, code: string, used = new Set<string>()): EntryPoint[] {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const aliases = aliasesIn(source);
  const found: EntryPoint[] = [];
  const visited = new Set<ts.Node>();

  const add = (kind: EntryKind, value: ts.Node | undefined): void => {
    if (!value || visited.has(value)) return;
    visited.add(value);
    const { line } = source.getLineAndCharacterOfPosition(value.getStart());
    found.push({ file, line: line + 1, kind, open: openIn(value, { source, used }) });
  };
  const addMembers = (kind: EntryKind, value: ts.Node): void => {
    for (const member of membersOf(value)) add(kind, member);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const name = nameOf(node.expression);
      const [kind, from, to] = CALLS.get(aliases.get(name) ?? name) ?? [];
      for (const argument of kind ? (node.arguments ?? []).slice(from, to) : []) {
        if (ts.isObjectLiteralExpression(argument)) addMembers(kind!, argument);
        else if (isCallback(argument)) add(kind!, argument);
      }
    }
    const type = typeNameOf(node);
    const kind = type === undefined ? undefined : TYPES.get(type);
    if (kind && ts.isVariableDeclaration(node) && node.initializer) addMembers(kind, node.initializer);
    if (kind && ts.isFunctionDeclaration(node)) ts.forEachChild(node, (part) => addReturned(kind, part));
    if (kind && ts.isClassDeclaration(node)) {
      for (const member of node.members) {
        if (ts.isMethodDeclaration(member) && TRAPS.has(member.name.getText())) add(kind, member);
      }
    }
    if (isReplacement(node)) add("replaced function", node);
    ts.forEachChild(node, visit);
  };
  const addReturned = (kind: EntryKind, part: ts.Node): void => {
    if (ts.isReturnStatement(part) && part.expression) addMembers(kind, part.expression);
    if (!ts.isFunctionLike(part)) ts.forEachChild(part, (inner) => addReturned(kind, inner));
  };
  visit(source);
  return found;
}

/** Finds other names of a function, such as `start` in `const { setTimeout: start } = globalThis`. */
function aliasesIn(source: ts.SourceFile): Map<string, string> {
  const aliases = new Map<string, string>();
  const visit = (node: ts.Node): void => {
    if (ts.isBindingElement(node) && node.propertyName)
      aliases.set(node.name.getText(), node.propertyName.getText());
    ts.forEachChild(node, visit);
  };
  visit(source);
  return aliases;
}

function nameOf(callee: ts.Expression): string {
  return ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText();
}

function typeNameOf(node: ts.Node): string | undefined {
  if (ts.isVariableDeclaration(node) || ts.isFunctionDeclaration(node))
    return node.type?.getText().split("<")[0];
  if (!ts.isClassDeclaration(node)) return undefined;
  const types = (node.heritageClauses ?? []).flatMap(({ types: each }) =>
    each.map(({ expression }) => expression.getText()),
  );
  return types.find((name) => TYPES.has(name));
}

/** The functions in an object literal, one level deep, with its accessors. */
function membersOf(value: ts.Node): ts.Node[] {
  if (!ts.isObjectLiteralExpression(value)) return [];
  return value.properties.flatMap((property) => {
    if (ts.isPropertyAssignment(property)) {
      return ts.isObjectLiteralExpression(property.initializer)
        ? membersOf(property.initializer)
        : isCallback(property.initializer)
          ? [property.initializer]
          : [];
    }
    return ts.isMethodDeclaration(property) || ts.isAccessor(property) ? [property] : [];
  });
}

function isCallback(value: ts.Node): boolean {
  return (
    ts.isFunctionLike(value) ||
    ts.isCallExpression(value) ||
    ts.isIdentifier(value) ||
    ts.isPropertyAccessExpression(value)
  );
}

/**
 * Whether the function replaces one of the application. Such a function passes on unknown arguments or an unknown
 * `this`.
 */
function isReplacement(node: ts.Node): boolean {
  if (ts.isFunctionDeclaration(node)) {
    return node.parameters.some(({ type }) => type?.getText().startsWith("ExecuteHookOptions") === true);
  }
  if (!ts.isFunctionExpression(node) && !ts.isArrowFunction(node)) return false;
  return node.parameters.some(
    ({ name, dotDotDotToken, type }) =>
      (name.getText() === "this" && type?.getText() === "unknown") ||
      (dotDotDotToken !== undefined && type?.getText() === "unknown[]"),
  );
}

/** The calls in a function that could throw because of us. */
function openIn(value: ts.Node, look: Look, visited = new Set<ts.Node>()): string[] {
  const { source, used } = look;
  if (visited.has(value)) return [];
  visited.add(value);
  if (ts.isCallExpression(value)) {
    const name = nameOf(value.expression);
    if (BOUNDARY.has(name) || CONTAINED.has(name) || isDescriptor(value)) return [];
    const made = returnedBy(declarationOf(name, source));
    return made ? openIn(made, look, visited) : [`${name}(…) makes the callback`];
  }
  if (ts.isIdentifier(value) || ts.isPropertyAccessExpression(value)) {
    const declared = declarationOf(nameOf(value), source);
    // A parameter is checked where the caller passes it. Other values are not our functions.
    return declared === undefined ? [] : openIn(declared, look, visited);
  }
  const open: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isContainedTry(node)) return;
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const callee = node.expression.getText().replaceAll(/\s+/g, " ");
      const name = nameOf(node.expression);
      if (BOUNDARY.has(name)) return;
      const isPlain = NATIVE.test(callee) || isPlainRow(`${source.fileName}: ${callee}`, used);
      // A function of the same file is checked too.
      const declared = isPlain || CONTAINED.has(name) ? undefined : declarationOf(name, source);
      if (declared) open.push(...openIn(declared, look, visited));
      else if (!isPlain && !CONTAINED.has(name)) open.push(callee);
    }
    // A function inside is checked on its own where it is passed to others.
    if (node !== value && ts.isFunctionLike(node)) return;
    ts.forEachChild(node, visit);
  };
  const { body } = value as FunctionNode;
  if (body) visit(body);
  return open;
}

/** The function that a function of the same file returns. */
function returnedBy(maker: ts.Node | undefined): ts.Node | undefined {
  let found: ts.Node | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isReturnStatement(node) && node.expression && ts.isFunctionLike(node.expression))
      found = node.expression;
    else if (!found && (node === maker || !ts.isFunctionLike(node))) ts.forEachChild(node, visit);
  };
  if (maker) visit(maker);
  return found;
}

/** Whether the call returns the descriptor of another object's property, which is not our function. */
function isDescriptor({ expression }: ts.CallExpression): boolean {
  return /\b(getOwnPropertyDescriptor|describe)$/.test(expression.getText());
}

/** Whether it is a `try` whose `catch` reports. */
function isContainedTry(node: ts.Node): boolean {
  return ts.isTryStatement(node) && /\b(report|warn|warnOnce)\(/.test(node.catchClause?.getText() ?? "");
}

/** The declaration of a name in the same file: a function, or the value of a constant or a field. */
function declarationOf(name: string, source: ts.SourceFile): ts.Node | undefined {
  let found: ts.Node | undefined;
  const visit = (node: ts.Node): void => {
    if (found) return;
    const isNamed = ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node);
    if (isNamed && node.body && node.name?.getText() === name) found = node;
    else if (
      (ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node)) &&
      node.name.getText() === name &&
      node.initializer &&
      isCallback(node.initializer)
    )
      found = node.initializer;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

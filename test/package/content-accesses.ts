// Finds where a TypeScript source reads a property of these names, or passes such a name to something that may read it.
// It knows only syntax and not the object's type, so it also finds reads of our records.
import ts from "typescript";

export interface ContentAccess {
  readonly file: string;
  /** The name of the property. */
  readonly name: string;
  /** The source text of the access. For a destructuring it is the object that is destructured. */
  readonly access: string;
}

export function contentAccesses(file: string, code: string, names: ReadonlySet<string>): ContentAccess[] {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const found: ContentAccess[] = [];
  const add = (name: string | undefined, access: string): void => {
    if (name !== undefined && names.has(name))
      found.push({ file, name, access: access.replaceAll(/\s+/g, " ") });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node)) {
      if (!isWritten(node) && !isOwnField(node)) add(node.name.text, node.getText());
    } else if (ts.isElementAccessExpression(node)) {
      if (ts.isStringLiteralLike(node.argumentExpression)) add(node.argumentExpression.text, node.getText());
    } else if (ts.isObjectBindingPattern(node)) {
      for (const { propertyName, name } of node.elements) add(textOf(propertyName ?? name), takenFrom(node));
    } else if (ts.isStringLiteralLike(node) && isPassedOn(node)) {
      add(node.text, node.parent.getText());
    } else if (ts.isBinaryExpression(node) && ts.isObjectLiteralExpression(node.left)) {
      // The pattern `({ text } = part)` is parsed as an object literal.
      for (const property of node.left.properties) add(textOf(property.name), node.right.getText());
    }
    // Types do not read at run time.
    if (!ts.isTypeNode(node)) ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Whether a plain assignment writes the property. Expressions below it are still reads. */
function isWritten(node: ts.Expression): boolean {
  const { parent } = node;
  const isAssigned =
    ts.isBinaryExpression(parent) &&
    parent.left === node &&
    parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  return isAssigned;
}

/** Whether the property is a field of our class. */
function isOwnField(node: ts.PropertyAccessExpression): boolean {
  return node.expression.kind === ts.SyntaxKind.ThisKeyword || ts.isPrivateIdentifier(node.name);
}

/** Whether the name is an argument (`Reflect.get`), an operand of `in`, or an element of a list. */
function isPassedOn(node: ts.StringLiteralLike): boolean {
  const { parent } = node;
  if (ts.isCallExpression(parent)) {
    // The first argument of a report to `diag` is a text that reads nothing.
    if (/^(contain|report|warn)$/.test(parent.expression.getText())) return false;
    return parent.arguments.some((argument) => argument === node);
  }
  if (ts.isBinaryExpression(parent)) return parent.operatorToken.kind === ts.SyntaxKind.InKeyword;
  return ts.isArrayLiteralExpression(parent);
}

function takenFrom(pattern: ts.ObjectBindingPattern): string {
  const { parent } = pattern;
  const whole = ts.isBindingElement(parent) ? (parent.propertyName ?? parent.name) : undefined;
  if (whole !== undefined && whole !== pattern) return whole.getText();
  if ((ts.isVariableDeclaration(parent) || ts.isParameter(parent)) && parent.initializer !== undefined)
    return parent.initializer.getText();
  return pattern.getText();
}

function textOf(name: ts.Node | undefined): string | undefined {
  return name && (ts.isIdentifier(name) || ts.isStringLiteralLike(name)) ? name.text : undefined;
}

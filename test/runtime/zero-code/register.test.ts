/**
 * `--import ai-spans/register` and `--require ai-spans/register`: whole trees of real programs, on each major, in each
 * module format, on each Node. The programs set up nothing.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { agentSpan, chatSpan } from "../../conformance/expected-spans.ts";
import { installPackedPackage, type PackedProject } from "../../package/packed-project.ts";
import { loopTree, streamedTree } from "../../serverless/agent-trees.ts";
import { startOtlpReceiver, type OtlpReceiver } from "../../support/otlp-receiver.ts";
import { completeSpan } from "../../support/span-tree.ts";
import { exportingTo, MAJORS, NODES, Project, type MajorName } from "./project.ts";

const TEXTS = ["two rooms", "a room in Paris", "a room for two"];
const TREES = [loopTree, streamedTree, agentSpan({}, [chatSpan()])].map(completeSpan);

/** By module format: how a program is started. */
const PROGRAMS = {
  "static import": ["--import", "ai-spans/register", "static-import.mjs"],
  "dynamic import": ["--import", "ai-spans/register", "dynamic-import.mjs"],
  "import in CommonJS": ["--require", "ai-spans/register", "import-in-commonjs.cjs"],
  CommonJS: ["-r", "ai-spans/register", "with-require.cjs"],
  "CommonJS with --import": ["--import", "ai-spans/register", "with-require.cjs"],
} as const;

let packed: PackedProject;
let receiver: OtlpReceiver;
let projects: Readonly<Record<MajorName, Project>>;

beforeAll(async () => {
  packed = await installPackedPackage();
  receiver = await startOtlpReceiver();
  const project = (major: MajorName): Project => new Project(packed.packageFolder, major);
  projects = { v5: project("v5"), v6: project("v6"), v7: project("v7") };
});
afterEach(() => receiver.reset());
afterAll(async () => {
  for (const project of Object.values(projects ?? {})) project.remove();
  await receiver?.close();
  packed?.remove();
});

describe.each(NODES)("on $name", { timeout: 120_000 }, (node) => {
  describe.each(MAJORS)("AI SDK %s", (major) => {
    test.each(Object.entries(PROGRAMS))("traces every call: %s", async (_format, args) => {
      const { stdout, stderr, code } = await projects[major].run(node, args, exportingTo(receiver.url));
      expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
      expect(JSON.parse(stdout)).toEqual(TEXTS);
      expect(receiver.trees()).toEqual(TREES);
    });
  });
});

/** The tracer providers that docs/guide/start.md makes by hand, one for each line of OpenTelemetry's SDK. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withoutTimes } from "../console/printed.ts";
import { ANSWER, block, guide, newProject, onInstalledNodes, onMajor } from "./guide.ts";
import { programOf, type Project } from "./project.ts";

const installSDK2 = block(/^npm install ai-spans .*sdk-trace-base@2\n$/);
const installSDK3 = block(/^npm install ai-spans .*sdk-trace@3\n$/);
const command = block(/tree\.mjs wrapped\.js\n$/);

const TREE = `span                        outcome  duration  tokens  time
invoke_agent booking-agent  ok              #   9 → 5  ━
└── chat mock-model         ok              #   9 → 5  ━`;

describe.each(
  onInstalledNodes([
    { node: "node-20", line: "SDK 2", install: installSDK2, program: "tree.mjs", major: 6 },
    { node: "node-22", line: "SDK 2", install: installSDK2, program: "tree.mjs", major: 7 },
    { node: "node-24", line: "SDK 3", install: installSDK3, program: "tree-3.mjs", major: 7 },
  ] as const),
)("$node, OpenTelemetry's $line", ({ node, install, program, major }) => {
  let project: Project;

  beforeAll(async () => {
    project = await newProject(node, "ai", major, install);
  });
  afterAll(() => project.remove());

  test("prints the run", async () => {
    project.write("tree.mjs", programOf(guide, program));
    project.write("wrapped.js", onMajor(programOf(guide, "wrapped.js"), major));
    const { stdout } = await project.run(command);
    expect(withoutTimes(stdout).replace(ANSWER, "").trim()).toBe(TREE);
  });
});

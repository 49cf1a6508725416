/**
 * The README's and the guide's way from an empty folder to the first trace, on each Node and each major of the AI SDK.
 * Every command and every program is the page's. Spans arrive at a server that receives OTLP, and whole trees are compared.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { freePort } from "../support/loopback.ts";
import { startOtlpReceiver, type OtlpReceiver } from "../support/otlp-receiver.ts";
import type { SpanNode } from "../support/span-tree.ts";
import { ANSWER, block, guide, newProject, onInstalledNodes, onMajor } from "./guide.ts";
import { programOf, readPage, type NodeName, type Project } from "./project.ts";
import { codeBlocks } from "../support/code-blocks.ts";

const readme = readPage("README.md");

const [installSDK2 = "", withFlag = ""] = block(
  /^npm install ai-spans .*\n.*ai-spans\/register app\.js\n$/,
).split("\n");
const installSDK3 = block(/^npm install ai-spans .*sdk-node@0\.301/);
const runWrapped = block(/telemetry\.mjs wrapped\.js\n$/);
const runRegistered = block(/telemetry\.mjs registered\.js\n$/);

const counts = { "gen_ai.usage.input_tokens": 9, "gen_ai.usage.output_tokens": 5 };
const common = {
  "gen_ai.request.model": "mock-model",
  "gen_ai.response.finish_reasons": ["stop"],
  ...counts,
};

/** The tree that each way sends. */
function treeOf(name?: string): SpanNode {
  const agent = name === undefined ? {} : { "gen_ai.agent.name": name };
  return {
    name: name === undefined ? "invoke_agent" : `invoke_agent ${name}`,
    kind: "INTERNAL",
    status: "UNSET",
    attributes: { "gen_ai.operation.name": "invoke_agent", ...common, ...agent },
    children: [
      {
        name: "chat mock-model",
        kind: "CLIENT",
        status: "UNSET",
        attributes: { "gen_ai.operation.name": "chat", "gen_ai.provider.name": "mock-provider", ...common },
        children: [],
      },
    ],
  };
}

interface Case {
  readonly node: NodeName;
  /** As it stands in `npm install`. */
  readonly ai: "ai" | "ai@5" | "ai@6" | "ai@7";
  readonly major: 5 | 6 | 7;
  readonly line: "SDK 2" | "SDK 3";
}

const cases: readonly Case[] = [
  { node: "node-20", ai: "ai", major: 6, line: "SDK 2" },
  { node: "node-20", ai: "ai@5", major: 5, line: "SDK 2" },
  { node: "node-20", ai: "ai@7", major: 7, line: "SDK 2" },
  { node: "node-22", ai: "ai", major: 7, line: "SDK 2" },
  { node: "node-22", ai: "ai@6", major: 6, line: "SDK 3" },
  { node: "node-22", ai: "ai", major: 7, line: "SDK 3" },
  { node: "node-24", ai: "ai", major: 7, line: "SDK 2" },
  { node: "node-24", ai: "ai@5", major: 5, line: "SDK 3" },
  { node: "node-24", ai: "ai", major: 7, line: "SDK 3" },
];

/** The README's TypeScript with this call in it. It has no types, so Node runs it. */
function snippetWith(call: string): string {
  return codeBlocks(readme, "ts").find((text) => text.includes(call)) ?? "";
}

let receiver: OtlpReceiver;
let project: Project;

beforeAll(async () => {
  receiver = await startOtlpReceiver();
});
afterAll(() => receiver.close());
beforeEach(() => receiver.reset());

async function received(command: string): Promise<SpanNode[]> {
  const { stdout } = await project.run(command, new URL(receiver.url).origin);
  expect(stdout).toBe(ANSWER);
  return receiver.trees();
}

test("a Node for each version that the page names is there, but for the one of the tests", () => {
  expect(onInstalledNodes(cases).map(({ node }) => node)).toEqual(
    expect.arrayContaining(["node-22", "node-24"]),
  );
});

const [installOfReadme = "", viewerOfReadme = ""] = (codeBlocks(readme, "sh")[0] ?? "").split("\n");

test("the README's install line and its flag are the guide's", () => {
  expect(installOfReadme).toBe(installSDK2);
  expect(codeBlocks(readme, "sh")[1]).toBe(`${withFlag}\n`);
});

describe.each(onInstalledNodes(cases))("$node, $ai, OpenTelemetry's $line", ({ node, ai, major, line }) => {
  beforeAll(async () => {
    project = await newProject(node, ai, major, line === "SDK 2" ? installSDK2 : installSDK3);
  });
  afterAll(() => project.remove());

  test("npm installs the major that the page names", () => {
    expect(project.versionOf("ai")).toMatch(`${major}.`);
  });

  test("one line, no code", async () => {
    project.write("app.js", programOf(guide, "app.js"));
    expect(await received(withFlag)).toEqual([treeOf()]);
  });

  test("the viewer, as the README shows it", async () => {
    project.write("app.js", programOf(guide, "app.js"));
    // With the variable of the README the page stays until Ctrl+C.
    const { stdout, stderr } = await project.run(viewerOfReadme.replace("AI_SPANS_VIEW_HOLD=true ", ""));
    expect(stdout).toBe(ANSWER);
    expect(stderr).toMatch(/^ai-spans: the runs of this process are at http:\/\/127\.0\.0\.1:\d+\/$/m);
  });

  test("with code", async () => {
    project.write("telemetry.mjs", programOf(guide, "telemetry.mjs"));
    project.write("wrapped.js", onMajor(programOf(guide, "wrapped.js"), major));
    expect(await received(runWrapped)).toEqual([treeOf("booking-agent")]);
  });

  // The README leaves the model and the prompt to the reader.
  const before = 'import { model } from "./model.js";\nconst prompt = "Is a room free?";\n';
  const printing = `console.log("${ANSWER.trim()}");\n`;

  test("with code, as the README shows it", async () => {
    project.write("telemetry.mjs", programOf(readme, "telemetry.mjs"));
    const program = onMajor(snippetWith("wrapAISDK(ai)"), major);
    project.write("wrapped.js", `${before}${program}${printing}`);
    expect(await received(runWrapped)).toEqual([treeOf("booking-agent")]);
  });

  const ofSeven = major === 7 ? [["the guide"], ["the README"]] : [];
  test.for(ofSeven)("by the SDK's own telemetry, as %s shows it", async ([page]) => {
    project.write("telemetry.mjs", programOf(page === "the guide" ? guide : readme, "telemetry.mjs"));
    const call = 'await generateText({ model, prompt, telemetry: { functionId: "booking-agent" } });\n';
    const program = `import { generateText } from "ai";\n${before}${snippetWith("registerTelemetry(")}${call}${printing}`;
    project.write("registered.js", page === "the guide" ? programOf(guide, "registered.js") : program);
    expect(await received(runRegistered)).toEqual([treeOf("booking-agent")]);
  });

  // The exporter tries for some seconds, so one Node has to do.
  test.for(node === "node-24" ? [["app"]] : [])(
    "without a backend the program ends as it would",
    async () => {
      project.write("telemetry.mjs", programOf(guide, "telemetry.mjs"));
      project.write("wrapped.js", onMajor(programOf(guide, "wrapped.js"), major));
      const { stdout, stderr } = await project.run(runWrapped, `http://127.0.0.1:${await freePort()}`);
      expect(stdout).toBe(ANSWER);
      expect(stderr).toContain("ECONNREFUSED");
    },
  );

  test("with an instrumentation of OpenTelemetry", async () => {
    project.write("app.js", programOf(guide, "app.js"));
    project.write("instrumentation.mjs", programOf(guide, "instrumentation.mjs"));
    const [command = ""] = /node --import \.\/instrumentation\.mjs app\.js/.exec(guide) ?? [];
    expect(await received(`OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 ${command}`)).toEqual([
      treeOf(),
    ]);
  });
});

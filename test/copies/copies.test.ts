/**
 * Two copies of the package in one process, as an ES module beside a CommonJS one, a bundle beside an installed package or
 * a dev server's reload bring them: each call has one set of spans, whichever copy is first.
 *
 * Holds: copies.
 */
import * as first from "ai-spans";
import { wrapMCPTransport } from "ai-spans/mcp";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { TreeProgram } from "../conformance/program.ts";
import { expectedOn, programsOn } from "../harness/program.ts";
import { programs } from "../conformance/programs.ts";
import { says } from "../conformance/script.ts";
import { turn } from "../support/gate.ts";
import { registerIntegrations } from "../support/integrations.ts";
import { majors, v7, type Major, type SDK } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";

vi.resetModules();
const second = await import("ai-spans");
const { wrapMCPTransport: wrapMCPTransportOfSecond } = await import("ai-spans/mcp");

afterEach(() => registerIntegrations());

type Options = TreeProgram["options"];

/** How two copies come to trace one SDK. */
const WAYS: Readonly<Record<string, (major: Major, options: Options) => SDK>> = {
  "both wrap it": ({ ai }, options) => second.wrapAISDK(first.wrapAISDK(ai, options), options),
};

const WAYS_OF_V7: typeof WAYS = {
  "the copy that was loaded last wraps it first": ({ ai }, options) =>
    first.wrapAISDK({ ...second.wrapAISDK(ai, options) }, options),
  "one wraps it, the other has registered an adapter": ({ ai }, options) => {
    registerIntegrations(second.createAISDKTelemetry(options));
    return first.wrapAISDK(ai, options);
  },
};

const ADAPTERS = {
  "both have registered an adapter": [first, second],
  "both have registered an adapter, the copy that was loaded last first": [second, first],
} as const;

function treeProgramsOn(major: Major): readonly TreeProgram[] {
  return programsOn(major, Object.values(programs).flat());
}

async function run(program: TreeProgram, major: Major, trace: () => SDK, expected: TreeProgram["expected"]) {
  const telemetry = setupTelemetry();
  // What a turn says reaches the calls that the other copy traces.
  const { withTurn } = second;
  await program.run({ major, sdk: trace(), tracer: telemetry.tracer, withTurn });
  await expectSpanTree(telemetry, expected);
}

describe.each(majors)("on $name", (major) => {
  const ways = { ...WAYS, ...(major.name === "v7" && WAYS_OF_V7) };
  describe.each(Object.entries(ways))("%s", (_way, trace) => {
    for (const program of treeProgramsOn(major)) {
      test(program.title, () =>
        run(program, major, () => trace(major, program.options), expectedOn(program, major)),
      );
    }
  });
});

describe.each(Object.entries(ADAPTERS))("%s", (_way, copies) => {
  for (const program of treeProgramsOn(v7)) {
    if (program.adapted?.byCollection) continue;
    const register = (): SDK => {
      registerIntegrations(
        ...copies.map(({ createAISDKTelemetry }) => createAISDKTelemetry(program.options)),
      );
      return v7.ai;
    };
    test(program.title, () =>
      run(program, v7, register, program.adapted?.expected ?? expectedOn(program, v7)),
    );
  }
});

test("what one copy has wrapped, the other leaves as it is", () => {
  const sdk = first.wrapAISDK(v7.ai);
  expect(second.wrapAISDK(sdk)).toBe(sdk);
  const agent = first.wrapAgent({ generate: async () => 1, stream: async () => 2, settings: {} });
  expect(second.wrapAgent(agent)).toBe(agent);
  const tool = first.wrapTool("searchRooms", { execute: async () => 1 });
  expect(second.wrapTool("searchRooms", tool)).toBe(tool);
  const transport = wrapMCPTransport({ start: async () => {}, send: async () => {}, close: async () => {} });
  expect(wrapMCPTransportOfSecond(transport)).toBe(transport);
});

test.each([true, false])(
  "a turn of one copy reaches a call of the other, with a context manager: %s",
  async (contextManager) => {
    const telemetry = setupTelemetry({ contextManager });
    const { model } = scriptedModel(v7, [says("a room")]);
    const { generateText } = first.wrapAISDK(v7.ai);
    await second.withTurn({ userId: "u-7" }, async () => {
      await turn();
      await generateText({ model, prompt: "a room" });
    });
    expect(telemetry.started[0]?.attributes["user.id"]).toBe("u-7");
  },
);

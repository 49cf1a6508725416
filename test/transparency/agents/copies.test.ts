/**
 * Two copies of the package trace the same agent at once. Each call has a separate run, and afterwards the agent has
 * its original properties.
 */
import * as first from "ai-spans";
import { expect, test, vi } from "vitest";
import { says } from "../../conformance/script.ts";
import { agentClassOf, type Agent } from "../../support/agents.ts";
import { rest, turn } from "../../support/gate.ts";
import { majors, type CallParameters } from "../../support/majors.ts";
import { scriptedModel } from "../../support/scripted-model.ts";
import { setupTelemetry } from "../../support/telemetry.ts";
import { outlineOf } from "../../support/outline.ts";
import { shapeOf } from "../views/operations.ts";

vi.resetModules();
const second = await import("ai-spans");

test.each(majors)("on $name", async (major) => {
  for (const contextManager of [true, false]) {
    const telemetry = setupTelemetry({ contextManager });
    const { model } = scriptedModel(
      major,
      Array.from({ length: 4 }, () => says("two")),
    );
    class Desk extends agentClassOf(major.ai) {
      override async generate(parameters: CallParameters): Promise<Awaited<ReturnType<Agent["generate"]>>> {
        await turn();
        return super.generate(parameters);
      }
    }
    const agent = new Desk({ model });
    const before = shapeOf(agent);
    const agents = [
      first.wrapAgent(agent),
      second.wrapAgent(agent),
      first.wrapAgent(agent),
      second.wrapAgent(agent),
    ];
    await Promise.all(
      agents.map(async (traced, index) => {
        // The calls end in another order than they start.
        for (let count = index; count < agents.length; count++) await turn();
        await traced.generate({ prompt: "a room" });
      }),
    );
    await rest();
    expect(shapeOf(agent)).toEqual(before);
    expect(outlineOf(telemetry)).toBe(Array.from(agents, () => "invoke_agent ok 5 (chat ok 5)").join(", "));
    expect(telemetry.diagnostics).toEqual([]);
  }
});

/**
 * A method of a wrapped agent may return any value, and ai-spans returns this value unchanged. So nothing reports the
 * end of its work, and the agent gets its original properties back when the value is collected.
 */
import { wrapAgent } from "ai-spans";
import { expect, test } from "vitest";
import { says } from "../../conformance/script.ts";
import { agentClassOf } from "../../support/agents.ts";
import { collectUntil } from "../../support/collection.ts";
import { majors } from "../../support/majors.ts";
import { scriptedModel } from "../../support/scripted-model.ts";
import { setupTelemetry } from "../../support/telemetry.ts";
import { outlineOf } from "../../support/outline.ts";
import { shapeOf } from "../views/operations.ts";

test.each(majors)("on $name", async (major) => {
  const telemetry = setupTelemetry();
  const { model } = scriptedModel(major, [says("two"), says("two")]);
  class Desk extends agentClassOf(major.ai) {
    async book(): Promise<string> {
      return (await this.generate({ prompt: "a room" })).text;
    }
    handle(): object {
      return {};
    }
  }
  const desk = new Desk({ model });
  const before = shapeOf(desk);
  const use = async (): Promise<void> => {
    const agent = wrapAgent(desk);
    expect(agent.handle()).toEqual({});
    expect(await agent.book()).toBe("two");
    expect(Object.hasOwn(desk, "generate")).toBe(true);
  };
  await use();
  await collectUntil(() => !Object.hasOwn(desk, "generate"));
  expect(shapeOf(desk)).toEqual(before);
  expect(outlineOf(telemetry)).toBe("invoke_agent ok 5 (chat ok 5)");
});

/**
 * The name of an agent, and what the spans have if the caller passes no name.
 */
import type { TelemetryOptions } from "../../support/majors.ts";
import { scriptedModel } from "../../support/scripted-model.ts";
import { agentSpan, chatSpan, toolSpan } from "../expected-spans.ts";
import type { TreeProgram } from "../program.ts";
import type { ApplicationStage } from "../../harness/stage.ts";
import { callsTool, says } from "../script.ts";
import { roomTool } from "./tool-loops.ts";

/** One call with a tool, so that the run records all three span types. */
export async function runLoop(app: ApplicationStage, telemetry: TelemetryOptions): Promise<void> {
  const { model } = scriptedModel(app.major, [callsTool("searchRooms", "call-1"), says("two")]);
  await app.sdk.generateText({
    model,
    prompt: "a room in Paris",
    tools: { searchRooms: roomTool(app, async () => 2) },
    stopWhen: app.major.stepCount(5),
    ...app.major.telemetryOptions(telemetry),
  });
}

export async function runOnce(app: ApplicationStage, telemetry: TelemetryOptions): Promise<void> {
  const { model } = scriptedModel(app.major, [says("a room")]);
  await app.sdk.generateText({ model, prompt: "a room", ...app.major.telemetryOptions(telemetry) });
}

function named(title: string, functionId: string, fits: boolean): TreeProgram {
  const span = agentSpan({ name: functionId }, [chatSpan()]);
  return {
    title,
    run: (app) => runOnce(app, { functionId }),
    expected: fits ? span : { ...span, name: "invoke_agent" },
  };
}

export const names: readonly TreeProgram[] = [
  {
    title: "takes the name from agentName where there is no functionId",
    run: (app) => runLoop(app, { metadata: { agentName: "desk-agent" } }),
    expected: agentSpan({ name: "desk-agent" }, [
      chatSpan({ finish: "tool_call" }),
      toolSpan("searchRooms", "call-1", { agent: "desk-agent" }),
      chatSpan(),
    ]),
  },
  {
    title: "takes the name from the agentName of the turn",
    needsContextManager: true,
    run: (app) => app.withTurn({ agentName: "desk-agent" }, () => runOnce(app, {})),
    expected: agentSpan({ name: "desk-agent" }, [chatSpan()]),
  },
  {
    title: "invents no name",
    run: (app) => runLoop(app, {}),
    expected: agentSpan({ name: null }, [
      chatSpan({ finish: "tool_call" }),
      toolSpan("searchRooms", "call-1", { agent: null }),
      chatSpan(),
    ]),
  },
  named("keeps a name that just fits the span name", "a".repeat(51), true),
  named("leaves a name that does not fit out of the span name", "a".repeat(52), false),
  named("counts the span name in bytes", "é".repeat(26), false),
];

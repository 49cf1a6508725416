/** Ways in which a provider's stream fails, with the chat span of each. */
import type { ChatExpectation } from "../conformance/expected-spans.ts";
import { rejects, says } from "../conformance/script.ts";
import { apiCallError, RoomServiceError } from "../support/failures.ts";
import type { ScriptedStep } from "../support/scripted-model.ts";
import type { ExitStage } from "./exit-stage.ts";

export interface FailingStep {
  readonly title: string;
  readonly step: (app: ExitStage) => ScriptedStep;
  readonly chat: ChatExpectation & { readonly error: string };
}

/**
 * @param text the answer until the failure
 * @param facts what the chat span has of each answer
 */
export function failingSteps(text: string, facts: ChatExpectation = {}): readonly FailingStep[] {
  const CUT_OFF = { streaming: true, usage: null, finish: null, ...facts } as const;
  const error = (): RoomServiceError => new RoomServiceError("no");
  return [
    {
      title: "refuses",
      step: (app) => rejects(apiCallError(app.major, { status: 401 })),
      chat: { ...CUT_OFF, error: "401", response: null, output: false },
    },
    {
      title: "breaks off",
      step: () => says("", { parts: [{ text }], streamError: error() }),
      chat: { ...CUT_OFF, error: "RoomServiceError" },
    },
    {
      title: "has an error part and then a finish part",
      step: () => says("", { parts: [{ text }, { error: error() }], finish: "error" }),
      chat: { streaming: true, finish: "error", error: "RoomServiceError", ...facts },
    },
    {
      title: "has an error part and no finish part",
      step: () => says("", { parts: [{ text }, { error: error() }], finish: null }),
      chat: { ...CUT_OFF, error: "RoomServiceError" },
    },
  ];
}

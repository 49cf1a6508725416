/**
 * The provider of the load: the local wire server of the fixtures, in a process of its own. Its answers take as long as a
 * run must take, so that as many streams are open at once as the load wants.
 */
import { readFileSync } from "node:fs";
import { startProviderServer, type ScriptedAnswer } from "../../fixtures/provider-server.ts";
import { answerRequests } from "./messages.ts";
import { ANSWER_WORDS } from "./scenarios.ts";

const answers: Record<string, ScriptedAnswer> = {};

function fixture(name: string): ScriptedAnswer {
  // The program runs in the root of the repository.
  return JSON.parse(readFileSync(`fixtures/openai-responses/${name}.json`, "utf8")) as ScriptedAnswer;
}

/** The recorded form of an answer, with a text of as many events as `ANSWER_WORDS`, spread over the time. */
function streamedAnswer(durationMs: number): ScriptedAnswer {
  const recorded = fixture("booking-confirmed.sse");
  if (recorded.kind !== "sse") throw new Error("the fixture is no stream");
  const isDelta = ({ event }: { readonly event?: string }): boolean => event === "response.output_text.delta";
  const first = recorded.events.findIndex(isDelta);
  const template = recorded.events[first]!;
  const deltas = Array.from({ length: ANSWER_WORDS }, (_, index) => ({
    ...template,
    afterMs: index === 0 ? 5 : durationMs / (ANSWER_WORDS - 1),
    data: { ...(template.data as object), delta: `word-${index} ` },
  }));
  const events = [
    ...recorded.events.slice(0, first).map((event) => ({ ...event, afterMs: 1 })),
    ...deltas,
    ...recorded.events
      .slice(first)
      .filter((event) => !isDelta(event))
      .map((event) => ({ ...event, afterMs: 0 })),
  ];
  return { ...recorded, events };
}

/** The answers of steps before the last take no time of their own. */
const QUICK = ["search-rooms.sse", "ask-local-guide.sse", "find-sights", "guide-tips"];

function quick(answer: ScriptedAnswer): ScriptedAnswer {
  if (answer.kind === "sse")
    return { ...answer, events: answer.events.map((event) => ({ ...event, afterMs: 1 })) };
  return answer.kind === "json" ? { ...answer, afterMs: 5 } : answer;
}

for (const name of QUICK) answers[name] = quick(fixture(name));
answers["rate-limited"] = fixture("rate-limited");
answers["answer.sse"] = streamedAnswer(50);
const server = await startProviderServer({ answers });

answerRequests({
  baseUrl: () => server.baseUrl.openai,
  duration: (durationMs: number) => {
    answers["answer.sse"] = streamedAnswer(durationMs);
    return true;
  },
  requests: () => server.requests.length,
});

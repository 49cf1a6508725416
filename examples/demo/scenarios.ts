// The turns of the demo. Each is one function, which returns what the application got. It prints nothing.
import { withTurn } from "ai-spans";

import { bookingInstructions, createBookingTools } from "./booking-agent.ts";
import type { Major, Sdk } from "./majors.ts";
import type { Models } from "./models.ts";

export interface Scenario {
  readonly title: string;
  /** True if only the local server can produce the scenario. */
  readonly scriptedOnly?: boolean;
  /** Resolves to one line about what the application got. Rejects if the outcome is not the intended one. */
  readonly run: (major: Major, models: Models) => Promise<string>;
}

const bookingRequest =
  "Book a room in Lisbon for two, three nights from 2027-03-12. We are Canadian. What is worth seeing nearby?";
const tourRequest = "Describe a walk through Lisbon in about 150 words.";

export const scenarios: readonly Scenario[] = [
  { title: "a booking, streamed over five steps", run: bookRoom },
  { title: "a short question, not streamed", run: askPolicy },
  { title: "the user aborts a streamed turn", run: abortTour },
  { title: "the reader leaves a streamed turn", run: leaveTour },
  { title: "the provider is overloaded once, the retry succeeds", scriptedOnly: true, run: retryOverload },
  { title: "the provider stays overloaded (529)", scriptedOnly: true, run: failOnOverload },
];

/**
 * Runs a scenario inside `withTurn`, with the attributes that all turns of one user share. This works on every major.
 */
export async function runScenario(scenario: Scenario, major: Major, models: Models): Promise<string> {
  return withTurn({ userId: "u-7", conversationId: "c-42" }, async () => scenario.run(major, models));
}

async function bookRoom(major: Major, models: Models): Promise<string> {
  return readToEnd(major, {
    model: models.openai(
      "search-rooms",
      "weather-and-visa",
      "ask-local-guide",
      "book-room",
      "booking-confirmed",
    ),
    system: bookingInstructions,
    prompt: bookingRequest,
    tools: createBookingTools(major, models.anthropic("find-sights", "guide-tips")),
    stopWhen: major.sdk.stepCountIs(10),
    ...major.turnSettings("booking-agent", "pro"),
  });
}

async function askPolicy(major: Major, models: Models): Promise<string> {
  const result = await major.sdk.generateText({
    model: models.openai("cancellation-policy"),
    prompt: "Until when can a hotel room usually be cancelled? One sentence.",
    maxOutputTokens: 1000,
    ...major.turnSettings("policy-agent", "pro"),
  });
  return `characters ${result.text.length}, finish reason ${result.finishReason}`;
}

async function abortTour(major: Major, models: Models): Promise<string> {
  const user = new AbortController();
  const { textStream, throwFailure } = streamTurn(major, {
    model: models.anthropic("endless-tour"),
    prompt: tourRequest,
    abortSignal: user.signal,
    ...major.turnSettings("tour-agent", "free"),
  });
  const chunks: string[] = [];
  for await (const text of textStream) {
    chunks.push(text);
    if (chunks.length === 5) user.abort();
  }
  throwFailure();
  return `text chunks ${chunks.length}, then its own abort`;
}

async function leaveTour(major: Major, models: Models): Promise<string> {
  const { textStream, throwFailure } = streamTurn(major, {
    model: models.openai("booking-confirmed"),
    prompt: tourRequest,
    ...major.turnSettings("tour-agent", "free"),
  });
  const chunks: string[] = [];
  for await (const text of textStream) {
    chunks.push(text);
    if (chunks.length === 3) break;
  }
  throwFailure();
  return `text chunks ${chunks.length}, then it stopped reading`;
}

async function retryOverload(major: Major, models: Models): Promise<string> {
  return readToEnd(major, {
    model: models.anthropic(["overloaded", "booking-confirmed"]),
    prompt: bookingRequest,
    ...major.turnSettings("booking-agent", "pro"),
  });
}

async function failOnOverload(major: Major, models: Models): Promise<string> {
  try {
    await major.sdk.generateText({
      model: models.anthropic("overloaded"),
      prompt: bookingRequest,
      maxRetries: 1,
      ...major.turnSettings("booking-agent", "pro"),
    });
  } catch (error) {
    return `${error instanceof Error ? error.name : "a rejection with a value that is not an error"}, as it should`;
  }
  throw new Error("the overloaded provider gave an answer");
}

type StreamSettings = Parameters<Sdk["streamText"]>[0];

async function readToEnd(major: Major, settings: StreamSettings): Promise<string> {
  const { textStream, result, throwFailure } = streamTurn(major, settings);
  const chunks: string[] = [];
  for await (const text of textStream) chunks.push(text);
  throwFailure();
  const steps = await result.steps;
  return `steps ${steps.length}, text chunks ${chunks.length}, finish reason ${await result.finishReason}`;
}

/**
 * Starts a stream. `streamText` does not throw a failure: it calls `onError`, or prints the failure if there is no
 * `onError`.
 */
function streamTurn(major: Major, settings: StreamSettings) {
  const failures: unknown[] = [];
  const result = major.sdk.streamText({ ...settings, onError: ({ error }) => void failures.push(error) });
  return {
    result,
    textStream: result.textStream,
    throwFailure() {
      if (failures.length > 0) throw failures[0];
    },
  };
}

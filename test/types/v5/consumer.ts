// A program on AI SDK 5 with typed tools and structured output: wrapping must not change a single type of it.
import * as ai from "ai-v5";
import { withTurn, wrapAgent, wrapAISDK, wrapTool } from "ai-spans";
import { z } from "zod";
import { exactly, type Equal, type Expect } from "../assertions.ts";

declare const model: ai.LanguageModel;
const wrapped = wrapAISDK(ai);

export type Unchanged = [
  Expect<Equal<typeof wrapped, typeof ai>>,
  Expect<Equal<typeof wrapped.generateText, typeof ai.generateText>>,
  Expect<Equal<typeof wrapped.streamText, typeof ai.streamText>>,
  Expect<Equal<typeof wrapped.generateObject, typeof ai.generateObject>>,
  Expect<Equal<typeof wrapped.streamObject, typeof ai.streamObject>>,
  Expect<Equal<typeof wrapped.embed, typeof ai.embed>>,
  Expect<Equal<typeof wrapped.embedMany, typeof ai.embedMany>>,
  Expect<Equal<typeof wrapped.tool, typeof ai.tool>>,
  Expect<Equal<typeof wrapped.Experimental_Agent, typeof ai.Experimental_Agent>>,
];

interface Forecast {
  celsius: number;
  sky: "clear" | "cloudy";
}
interface Booking {
  room: string;
  nights: number;
}

const tools = {
  forecast: wrapped.tool({
    inputSchema: z.object({ city: z.string(), days: z.number().optional() }),
    execute: async ({ city, days }): Promise<Forecast> => {
      exactly<string>()(city);
      exactly<number | undefined>()(days);
      return { celsius: 21, sky: "clear" };
    },
  }),
};
const experimental_output = wrapped.Output.object({
  schema: z.object({ room: z.string(), nights: z.number() }),
});

export async function generate(): Promise<void> {
  const result = await wrapped.generateText({ model, prompt: "", tools, experimental_output });
  exactly<Booking>()(result.experimental_output);
  for (const toolResult of result.toolResults) {
    if (toolResult.dynamic === true) continue;
    exactly<"forecast">()(toolResult.toolName);
    exactly<Forecast>()(toolResult.output);
    exactly<{ city: string; days?: number | undefined }>()(toolResult.input);
    // @ts-expect-error the tool returns no such property
    void toolResult.output.fahrenheit;
  }
  // @ts-expect-error a prompt is a string or a list of messages
  await wrapped.generateText({ model, prompt: 7 });
}

export async function stream(): Promise<void> {
  const options = { model, prompt: "", tools, experimental_output };
  const original = ai.streamText(options);
  const result = wrapped.streamText(options);
  exactly<typeof original>()(result);
  for await (const part of result.fullStream) {
    if (part.type === "tool-result" && part.dynamic !== true) exactly<Forecast>()(part.output);
  }
  for await (const partial of result.experimental_partialOutputStream)
    exactly<string | undefined>()(partial.room);
}

export async function subclass(): Promise<void> {
  class BookingAgent extends wrapped.Experimental_Agent<typeof tools> {}
  const result = await new BookingAgent({ model, tools }).generate({ prompt: "" });
  for (const toolResult of result.toolResults) {
    if (toolResult.dynamic !== true) exactly<Forecast>()(toolResult.output);
  }
}

export async function turn(): Promise<void> {
  const result = withTurn({ userId: "u-7" }, () =>
    wrapped.generateText({ model, prompt: "", tools, experimental_output }),
  );
  exactly<Booking>()((await result).experimental_output);
}

export async function agents(): Promise<void> {
  const traced = new wrapped.Experimental_Agent({ model, tools });
  const bare = new ai.Experimental_Agent({ model, tools });
  exactly<typeof bare>()(traced);
  exactly<typeof bare>()(wrapAgent(bare));
  const result = await wrapAgent(bare).generate({ prompt: "" });
  exactly<Awaited<ReturnType<typeof bare.generate>>>()(result);
  // @ts-expect-error an agent is an object
  wrapAgent("agent");
  // @ts-expect-error there is no such option
  wrapAgent(bare, { recordInputs: true });
}

export async function directTools(): Promise<void> {
  const forecast = wrapTool("forecast", tools.forecast);
  exactly<typeof tools.forecast>()(forecast);
  const result = await wrapped.generateText({ model, prompt: "", tools: { forecast } });
  for (const toolResult of result.toolResults) {
    if (toolResult.dynamic !== true) exactly<Forecast>()(toolResult.output);
  }
  // @ts-expect-error a tool is an object
  wrapTool("forecast", "tool");
  // @ts-expect-error there is no such option
  wrapTool("forecast", tools.forecast, { recordInputs: true });
}

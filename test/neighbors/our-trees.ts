/**
 * The spans of ai-spans as text, where an agent sends them in its own format. A span has its tokens and the cause of its
 * cancellation.
 */
import { LEFT_CALL, MODEL, tokensOf } from "./numbered-calls.ts";
import type { Tree } from "./outline.ts";
import type { Way } from "./run-beside.ts";

interface Counts {
  readonly input?: bigint | number | undefined;
  readonly output?: bigint | number | undefined;
}

export function ourText(name: string, { input, output }: Counts = {}, cause?: string): string {
  const parts = ["ai-spans:", name, input, output, cause];
  return parts.filter((part) => part !== undefined).join(" ");
}

/** The trees of the program's calls. */
export interface OurTrees {
  readonly twoSteps: (number: number) => Tree;
  readonly stream: (number: number) => Tree;
  /** The stream that the program leaves. The adapter notices it later, and the SDK reads on meanwhile. */
  readonly left: (way: Way) => Tree;
}

/** @param requests the agent's spans of the request of a model call */
export function ourTrees(...requests: readonly Tree[]): OurTrees {
  const chat = (number: number, step: 1 | 2): Tree => [
    ourText(`chat ${MODEL}`, tokensOf(number, step)),
    ...requests,
  ];
  return {
    twoSteps(number) {
      const [first, second] = [tokensOf(number, 1), tokensOf(number, 2)];
      const sum = { input: first.input + second.input, output: first.output + second.output };
      const tool: Tree = [ourText("execute_tool searchRooms")];
      return [ourText("invoke_agent", sum), chat(number, 1), tool, chat(number, 2)];
    },
    stream: (number) => [ourText("invoke_agent", tokensOf(number, 1)), chat(number, 1)],
    left(way) {
      const [counts, cause] = way === "adapter" ? [tokensOf(LEFT_CALL, 1), "abandoned"] : [{}, "consumer"];
      const model = ourText(`chat ${MODEL}`, counts, way === "adapter" ? undefined : cause);
      return [ourText("invoke_agent", counts, cause), [model, ...requests]];
    },
  };
}

import type { ServerResponse } from "node:http";

type Major = "v5" | "v6" | "v7";

export interface StreamedAnswer {
  readonly text: PromiseLike<string>;
  pipeTextStreamToResponse(response: ServerResponse): void;
}

/** A loop of two model calls around one tool call. */
export function loop(ai: object, major: Major): Promise<string>;
/** A streamed answer. */
export function stream(ai: object, major: Major): StreamedAnswer;
/** Both, one after the other. */
export function runAgent(ai: object, major: Major): Promise<string[]>;

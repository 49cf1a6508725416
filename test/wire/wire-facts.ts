/**
 * The form of what is known of a conversation on the wire, and which of it holds on a major for one way of asking.
 */
import type { MajorName } from "../support/majors.ts";
import type { ScriptedUsage } from "../support/scripted-model.ts";

export interface WireFacts {
  readonly usage: ScriptedUsage | null;
  readonly finish: string | null;
  /** `error.type`. */
  readonly error?: string;
  readonly retries?: number;
  /** Whether a stream carries output; default true. */
  readonly output?: boolean;
  /** Whether the response's id and model get through; default true. */
  readonly identified?: boolean;
  /** The response's model, where it is not the first that the wire names. */
  readonly responseModel?: string;
}

/** Facts that hold for one way of asking only. */
export interface FactsByWay extends Partial<WireFacts> {
  readonly streamed?: Partial<WireFacts>;
  readonly direct?: Partial<WireFacts>;
}

export interface Conversation extends FactsByWay {
  readonly usage: ScriptedUsage | null;
  readonly finish: string | null;
  /** Default: the fixture answers both ways. */
  readonly only?: "streamed" | "direct";
  /** What a major's package makes of it. */
  readonly on?: Partial<Record<MajorName, FactsByWay>>;
}

/** The facts of one conversation on one major, asked for one way. */
export function factsOf(conversation: Conversation, major: MajorName, streaming: boolean): WireFacts {
  const way = streaming ? "streamed" : "direct";
  const onMajor = conversation.on?.[major] ?? {};
  return { ...conversation, ...conversation[way], ...onMajor, ...onMajor[way] };
}

/**
 * The facts of a conversation on the wire, and which of them hold for a major, streamed or direct.
 */
import type { MajorName } from "../support/majors.ts";
import type { ScriptedUsage } from "../support/scripted-model.ts";

export interface WireFacts {
  readonly usage: ScriptedUsage | null;
  readonly finish: string | null;
  /** `error.type`. */
  readonly error?: string;
  readonly retries?: number;
  /** Whether a stream has output. The default is true. */
  readonly output?: boolean;
  /** Whether the package passes on the response's id and model. The default is true. */
  readonly identified?: boolean;
  /** The response's model, if it is not the first one on the wire. */
  readonly responseModel?: string;
}

/** Facts that hold only for streamed or only for direct answers. */
export interface FactsByWay extends Partial<WireFacts> {
  readonly streamed?: Partial<WireFacts>;
  readonly direct?: Partial<WireFacts>;
}

export interface Conversation extends FactsByWay {
  readonly usage: ScriptedUsage | null;
  readonly finish: string | null;
  /** By default the fixture answers both ways. */
  readonly only?: "streamed" | "direct";
  /** Other facts that the package of a major reports. */
  readonly on?: Partial<Record<MajorName, FactsByWay>>;
}

/** The facts of one conversation on one major, streamed or direct. */
export function factsOf(conversation: Conversation, major: MajorName, streaming: boolean): WireFacts {
  const way = streaming ? "streamed" : "direct";
  const onMajor = conversation.on?.[major] ?? {};
  return { ...conversation, ...conversation[way], ...onMajor, ...onMajor[way] };
}

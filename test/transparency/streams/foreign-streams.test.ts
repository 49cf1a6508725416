/**
 * ai-spans uses a model's stream that is not the platform's as the bare SDK does: the same methods on the same object,
 * equally often, and equally many pulls. The spans of the call have its tokens.
 *
 * Holds: foreign-streams.
 */
import { describe, expect, test } from "vitest";
import type { StreamResult } from "../../support/majors.ts";
import { WAYS } from "../../support/ways.ts";
import { outlineOf } from "../../support/outline.ts";
import {
  FOREIGN_STREAMS,
  modelOf,
  notices,
  readSlowly,
  STREAMING,
  wordsOf,
  type Log,
} from "./foreign-stream.ts";

interface Read {
  readonly read: (result: StreamResult, log: Log) => Promise<void>;
  readonly outline: string;
  /** Whether an event reports the end to the adapter. No event reports a reader that leaves. */
  readonly isReported: boolean;
}

const READS: Readonly<Record<string, Read>> = {
  "read to its end": {
    read: async (result, log) => {
      await readSlowly(result.fullStream, log);
      log(`finish ${await result.finishReason}`);
    },
    outline: "invoke_agent ok 5 (chat ok 5)",
    isReported: true,
  },
  left: {
    read: (result, log) => readSlowly(result.textStream, log, { parts: 1 }),
    outline: "invoke_agent consumer (chat consumer)",
    isReported: false,
  },
};

describe.each(WAYS)("$title", (way) => {
  const { major } = way;
  const rows = Object.entries(STREAMING)
    .filter(([, of]) => of(major.ai) !== undefined)
    .flatMap(([operation, of]) =>
      FOREIGN_STREAMS.flatMap((foreign) =>
        Object.entries(READS).map(([how, row]) => ({ operation, of, foreign, how, ...row })),
      ),
    );

  test.each(rows)(
    "a stream $foreign.title that is $how by $operation",
    async ({ of, foreign, read, outline, isReported }) => {
      const telemetry = await notices(way, async (sdk, log) => {
        const model = modelOf(major, [wordsOf()], log, (source) => foreign.of(source, log));
        await read(of(sdk)!({ model, prompt: "a room", onError: () => {}, maxRetries: 0 }), log);
      });
      expect(telemetry.started.length).toBe(2);
      if (way.entry === "wrapper" || isReported) expect(outlineOf(telemetry)).toBe(outline);
    },
  );
});

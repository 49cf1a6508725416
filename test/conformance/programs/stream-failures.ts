/**
 * Streams that begin and then fail, in each possible way.
 */
import { apiCallError, RoomServiceError } from "../../support/failures.ts";
import type { Major } from "../../support/majors.ts";
import { scriptedModel, type ScriptedStep } from "../../support/scripted-model.ts";
import { agentSpan, chatSpan } from "../expected-spans.ts";
import { call, type TreeProgram } from "../program.ts";
import { drain, says } from "../script.ts";

interface StreamFailure {
  readonly title: string;
  readonly step: (major: Major) => ScriptedStep;
  readonly type: string;
  /** The finish reason that the SDK's step reports; `null` when no step completes. */
  readonly finish: string | null;
  readonly usage?: null;
}

const STREAM_FAILURES: readonly StreamFailure[] = [
  {
    title: "an error part and then a finish part",
    step: (major) => ({
      parts: [{ text: "a " }, { error: apiCallError(major, { status: 529 }) }],
      finish: "error",
    }),
    type: "529",
    finish: "error",
  },
  {
    title: "an error part and no finish part",
    step: () => ({ parts: [{ text: "a " }, { error: new RoomServiceError("no") }], finish: null }),
    type: "RoomServiceError",
    finish: null,
    usage: null,
  },
  {
    title: "an error part and then a finish part that says stop",
    step: () => ({ parts: [{ text: "a " }, { error: new RoomServiceError("no") }] }),
    type: "RoomServiceError",
    finish: "stop",
  },
  {
    title: "an error part that is a plain object",
    step: () => ({ parts: [{ text: "a " }, { error: { type: "overloaded_error" } }], finish: "error" }),
    type: "_OTHER",
    finish: "error",
  },
  {
    title: "a stream that breaks",
    step: () => ({ parts: [{ text: "a " }], streamError: new RoomServiceError("no") }),
    type: "RoomServiceError",
    finish: null,
    usage: null,
  },
];

export const streamFailures: readonly TreeProgram[] = STREAM_FAILURES.map(
  ({ title, step, type, finish, usage }) => ({
    title: `streams and the provider fails with ${title}`,
    run: async (app) => {
      const { model } = scriptedModel(app.major, [says("", step(app.major))]);
      await drain(app.sdk.streamText(call(app, model)));
    },
    expected: agentSpan({ error: type }, [
      chatSpan({ streaming: true, error: type, finish, ...(usage === undefined ? {} : { usage }) }),
    ]),
  }),
);

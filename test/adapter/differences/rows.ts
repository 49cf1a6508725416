/**
 * The rows of docs/reference/adapter.md: what the adapter's spans have instead of the wrapper's, and why. `found.json`
 * has the programs of each row, and the facts that differ in them.
 */

export interface DifferenceRow {
  readonly what: string;
  readonly wrapper: string;
  readonly adapter: string;
  readonly why: string;
  /** The file and the title of the row's test, if no program of the comparison shows the difference. */
  readonly test?: { readonly file: string; readonly title: string };
}

const WHEN_COLLECTED =
  "canceled/abandoned, when the SDK's call is collected, or for a stream at the idle deadline";
const NO_SIGNAL = "No event carries the signal.";
const NO_EVENT = "No event carries it.";

export const rows = {
  consumerLeaves: {
    what: "A consumer leaves a stream.",
    wrapper: "canceled/consumer, at once",
    adapter: `${WHEN_COLLECTED}. What the SDK continues meanwhile ends by itself.`,
    why: "No event reports consumers (`createTelemetryDispatcher`). Only a result with a single reader cancels its model's stream, which the adapter observes.",
  },
  objectStream: {
    what: "A consumer leaves `streamObject`, or it is aborted, or its model's stream fails.",
    wrapper: "canceled/consumer; canceled/abort; error",
    adapter: `${WHEN_COLLECTED}. The chat span has neither response nor counts.`,
    why: "The SDK calls no callback then. An `error` part and an answer that is no object are reported.",
  },
  abortUnnoticed: {
    what: "A run is aborted while a model or a tool of `generateText` ignores the signal, or while nobody reads the stream.",
    wrapper: "canceled/abort, at once",
    adapter: `${WHEN_COLLECTED}. A tool that ends has its own end.`,
    why: `${NO_SIGNAL} The SDK reports an abort when the model or the tool has rejected.`,
  },
  abortReason: {
    what: "`generateText` is aborted with a reason that is no `AbortError`.",
    wrapper: "canceled/abort",
    adapter: "error, by the class of the reason",
    why: NO_SIGNAL,
  },
  abortString: {
    what: "`generateText` is aborted with a string while a tool runs that rejects with it.",
    wrapper: "tool: canceled/abort",
    adapter: "tool: error `_OTHER`; run: canceled/abort",
    why: "A tool may fail with a string.",
  },
  ownAbort: {
    what: "A model of `generateText`, or a tool, aborts itself: it fails with an `AbortError`, and no signal of the run has fired.",
    wrapper: "error `AbortError`",
    adapter: "canceled/abort",
    why: `${NO_SIGNAL} Most such errors come from one. Of \`streamText\` an event reports the abort, so there the model call and the run are errors.`,
  },
  deadlineInRetry: {
    what: "A deadline passes while `generateText` waits before it repeats a call.",
    wrapper: "error `timeout`",
    adapter: "canceled/abort",
    why: "The SDK's wait rejects with an `AbortError`.",
  },
  stringRejection: {
    what: "A provider rejects `generateText` with a string, without an abort.",
    wrapper: "error `_OTHER`",
    adapter: "canceled/abort",
    why: "`fetch` rejects with the reason of an abort, and providers reject with errors.",
  },
  transform: {
    what: "A transform of the caller's fails, or stops the stream.",
    wrapper: "error, by its class; ok",
    adapter: "error `TypeError`; error `AI_NoOutputGeneratedError`",
    why: "No event reports what happens after the SDK's own stream. The events carry the error of the stream that the SDK finds closed.",
  },
  transformSetup: {
    what: "`experimental_transform` throws while it is set up.",
    wrapper: "error, by its class",
    adapter: WHEN_COLLECTED,
    why: "No event follows.",
  },
  prepareStep: {
    what: "`prepareStep` fails in a later step of a stream.",
    wrapper: "error, by its class",
    adapter: "ok",
    why: "The error is a part of the stream and in no event. `onEnd` follows.",
  },
  toolChoice: {
    what: "The answer of a stream breaks the caller's `toolChoice`.",
    wrapper: "error `AI_ToolChoiceViolationError`",
    adapter: "error `_OTHER`",
    why: "The error is a part of the stream. Events have only the step's finish reason, `error`.",
  },
  toModelOutput: {
    what: "A tool's `toModelOutput` fails in `streamText`.",
    wrapper: "error, by its class",
    adapter: "error `TypeError`",
    why: "`onStepError` and `onError` carry the error of the stream that the SDK finds closed.",
  },
  misfit: {
    what: "A text does not fit the schema of its `output`.",
    wrapper: "error `AI_NoObjectGeneratedError`",
    adapter: "ok",
    why: "`onEnd` comes before the SDK parses the output.",
  },
  lateStart: {
    what: "The start of a streamed run.",
    wrapper: "at the call",
    adapter: "a turn later, so spans that the program starts in that turn come first",
    why: "`onStart` follows an `await` in the SDK.",
  },
  agentId: {
    what: "The id of an agent class, which is its name where it has no other.",
    wrapper: "`gen_ai.agent.id`, `gen_ai.agent.name`",
    adapter: "absent, or the turn's; name by `functionId`",
    why: NO_EVENT,
  },
  agentFunction: {
    what: "The SDK's function of an agent's run and of `experimental_streamTextLowMemory` (`ai_spans.operation.name`); the name of an agent's subclass.",
    wrapper: "`ToolLoopAgent.stream`, `streamTextLowMemory`; the class's name",
    adapter: "`streamText`; none",
    why: NO_EVENT,
  },
  inCallbacks: {
    what: "A model call that the program makes in a callback: `prepareStep`, `stopWhen`, `repairToolCall`, `onStepFinish` and others.",
    wrapper: "below the run",
    adapter: "below the caller's span",
    why: "The SDK has no hook around callbacks.",
    test: {
      file: "test/adapter/parents.test.ts",
      title: "what a callback starts is below the caller's span, not below the run",
    },
  },
  callId: {
    what: "The SDK's id of a call (`ai_spans.call.id`).",
    wrapper: "in the result of `generateText`; of a stream where it has tools",
    adapter: "always",
    why: "The SDK reports it in steps and events.",
    test: { file: "test/conformance/sdk-calls.test.ts", title: "the SDK's id of a call" },
  },
  requestedModel: {
    what: "The requested model of a run.",
    wrapper: "as the caller named it, before `prepareCall`",
    adapter: "as the SDK resolved it, after `prepareCall`",
    why: "`onStart` comes later.",
  },
  preparedSettings: {
    what: "Settings that an agent's `prepareCall` changes on the parameters, and does not return.",
    wrapper: "absent from the run's span",
    adapter: "present",
    why: "The SDK uses the changed parameters, and `onStart` comes later.",
  },
  defaultRegistry: {
    what: "Counts of a model that a default provider without a specification version gives.",
    wrapper: "present",
    adapter: "absent",
    why: "The SDK takes such a provider for one of V2 and loses the counts. The wrapper asks the provider itself.",
  },
  failover: {
    what: "A model fails over to another, whose answer calls tools; none of its models answers.",
    wrapper: "chat: the model that answered; the last one",
    adapter: "chat: the model that was called first",
    why: "The step's event names the model, after the tools have run. The event of an error names the first.",
  },
  server: {
    what: "`server.address`, `server.port`.",
    wrapper: "where the model has them",
    adapter: "absent",
    why: "No event carries the model.",
  },
  objectContext: {
    what: "What a provider call of objects, embeddings, reranking, speech or transcripts starts.",
    wrapper: "below its span",
    adapter: "below the caller's span",
    why: "The SDK has no hook around these calls.",
  },
  retries: {
    what: "Retries of objects, speech and transcripts; retries of parallel chunks of a failed `embedMany`.",
    wrapper: "`ai_spans.retry.count`",
    adapter: "absent",
    why: "One event reports all attempts. Events of parallel calls do not say which one failed.",
  },
  objectModel: {
    what: "The response model of an object, where it is the one asked for.",
    wrapper: "present",
    adapter: "absent",
    why: "The event has the requested model where the provider gave none.",
  },
  toolMarks: {
    what: "A repaired tool call; one that a policy approved.",
    wrapper: "`ai_spans.tool.repaired`; `ai_spans.tool.approval` = `approved`",
    adapter: "absent",
    why: "No event carries either.",
  },
  toolCaller: {
    what: "The tools that a local tool caller calls (`experimental_toolCaller`).",
    wrapper: "a span each, below the caller's",
    adapter: "none",
    why: "The program executes them, and no event reports them.",
  },
  hiddenOutput: {
    what: "The output type with `recordInputs: false`.",
    wrapper: "`json`",
    adapter: "absent",
    why: "The switch removes the output from the event.",
  },
  hiddenFailure: {
    what: "A failure outside model calls with `recordInputs: false` or `recordOutputs: false`.",
    wrapper: "error, by its class",
    adapter: "error `_OTHER`",
    why: "The switches replace the error in the event. What rejects a model call, and an abort in a tool, are observed.",
  },
  hiddenTools: {
    what: "Names of tools that nobody executes, with `recordInputs: false`.",
    wrapper: "as the run has them",
    adapter: "`_OTHER`",
    why: "The switch removes the run's tools from the events.",
  },
  media: {
    what: "Images and videos.",
    wrapper: "`generate_content`",
    adapter: "none",
    why: "7.0.173 has no telemetry for them.",
  },
  refused: {
    what: "A call that fails before it starts: the SDK refuses its parameters, or an agent's `prepareCall` fails.",
    wrapper: "error",
    adapter: "none",
    why: "No event.",
  },
  ownIntegrations: {
    what: "A call with `integrations` among its telemetry settings.",
    wrapper: "traced",
    adapter: "none",
    why: "They replace the registered ones.",
  },
  firstChunk: {
    what: "`gen_ai.response.time_to_first_chunk` of a stream that the wrapper cannot observe, or that has output after its `finish` part.",
    wrapper: "absent",
    adapter: "present",
    why: "The step's event has the SDK's own measurement.",
  },
  functions: {
    what: "A model or a tool that is a function; settings of `prepareStep` that cannot be listed; a model without `doStream`; `new streamText()`; the bare SDK beside the wrapped one.",
    wrapper: "what is inside is absent",
    adapter: "present",
    why: "The wrapper makes no view of these. The SDK reports them.",
  },
  noTools: {
    what: "A model calls a tool in a call without tools.",
    wrapper: "no span of the tool call",
    adapter: "`execute_tool _OTHER`, error",
    why: "Without tools the wrapper adds no `onStepFinish`. The step's event reports the call.",
  },
  brokenModel: {
    what: "A model method resolves without an answer.",
    wrapper: "chat: ok",
    adapter: "chat: error `TypeError`",
    why: "The SDK's hook includes its own reading of the answer.",
  },
} as const satisfies Record<string, DifferenceRow>;

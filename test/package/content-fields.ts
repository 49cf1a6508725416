// The names of the fields that hold content, and the reviewed accesses to them. It has only data;
// `content-fields.test.ts` checks the sources. How to add one: docs/why/content.md.

/** The fields in which the SDK and the providers keep content, on any major. */
export const contentFields: ReadonlySet<string> = new Set(
  [
    // Prompts and messages.
    "prompt messages system instructions content parts text texts query documents",
    "value values filename fileName file files image images audio video videos",
    // Answers.
    "delta textDelta reasoningText object partialOutput segments sources source title",
    "embedding embeddings ranking score relevanceScore rawValue transcript",
    // Tools.
    "tools args arguments input inputs output outputs result results description",
    "schema inputSchema outputSchema parameters params inputExamples enum examples",
    // Failures.
    "message stack cause reason error errors lastError issues details raw",
    // The wire.
    "headers responseHeaders body requestBody responseBody requestBodyValues url baseURL",
    "request response data warnings providerOptions providerMetadata apiKey config",
    // Contexts.
    "context runtimeContext toolsContext experimental_context metadata",
    // Functions that turn any value into a text.
    "stringify toJSON",
  ].flatMap((names) => names.split(" ")),
);

/** The accesses by file, as the test prints them, and why each reads no content. */
export const reviewedAccesses: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "adapter/adapted-run.ts": {
    "request of `operation.request`": "a record of ours: the settings of a call",
    "request of `this.sdkOperation.request`": "a record of ours: the model of a call",
    'output of `readProperty(event.toolOutput, "output")`':
      "passed to runs/execution, which reads whether an MCP server calls its result an error",
    "response of `call?.response`": "a record of ours: finish reasons",
    "cause of `failure.cause`": "of an outcome: why work was canceled, one of our words",
    'error of `call?.response.finishReasons?.includes("error")`': "the name of a finish reason",
  },
  "adapter/execute-hooks.ts": {
    'messages of `readProperty(options, "messages")`':
      "its identity distinguishes pieces of work; and passed to readers/tool-call, which reads denials",
    'tools of `readProperty(options, "tools")`':
      "passed to readers/tool-call, which reads ids and names of provider tools",
    "context of `span.context`": "the OpenTelemetry context of a span",
  },
  "adapter/model-events.ts": {
    "request of `run.sdkOperation.request`": "a record of ours: the settings of a call",
    "response of `attempt.call.response`": "a record of ours: ids, counts and finish reasons",
    "response of `call.response`": "a record of ours: ids, counts and finish reasons",
    "response of `run.span.response`": "a record of ours: ids, counts and finish reasons",
    'error of `readProperty(event, "error")`':
      "its name, where it is the SDK's; the rest by readers/telemetry-event",
  },
  "adapter/telemetry.ts": {
    "tools of `event.tools`":
      "passed to runs/tool-calls, which reads names, and whether a tool is executed here",
    'error of `readProperty(event, "error")`': "whether there is one",
    "request of `started`": "a record of ours: the settings of a call",
  },
  "doctor/checks/context-lost-at-await.ts": {
    "context of `{ context }`": "facts of ours: what a probe of the context has found",
  },
  "doctor/checks/no-context-manager.ts": {
    "context of `{ registration, context, ledger }`": "the same",
  },
  "doctor/checks/two-providers.ts": {
    "values of `bySDK.values`": "of a Map of ours: numbers",
  },
  "doctor/examination.ts": {
    "details of `outcome.details`": "of an outcome of a check of ours: numbers and names",
  },
  "doctor/exporters.ts": {
    'error of `readProperty(result, "error")`': "of an exporter's answer: its code or class",
  },
  "doctor/failure-code.ts": {
    'message of `readProperty(error, "message")`': "of an exporter's error: compared with two fixed texts",
  },
  "doctor/ledger.ts": {
    'embeddings of `["invoke_agent", "embeddings", "rerank", "generate_content"]`':
      "the name of an operation",
    "values of `this.#entries.values`": "of a Map of ours: times and states of spans",
    "values of `this.#wrappings.values`": "of a Map of ours: numbers",
    "values of `Object.values`": "of a record of ours: numbers",
  },
  "doctor/loaded-sdks.ts": {
    'url of `readProperty(script, "url")`': "the URL of a script",
    'result of `readProperty(session.post("Profiler.getBestEffortCoverage"), "result")`':
      "of the inspector: the URLs and ids of the scripts",
    'result of `readProperty( this.#session.post("Debugger.searchInContent", { scriptId, query }), "result", )`':
      "of a search of the inspector: how many lines match",
    "url of `{ url }`": "the URL of a script",
    "url of `{ url, scriptId }`": "the same",
    "url of `script.url`": "the same",
  },
  "doctor/neighbors.ts": {
    'data of `readProperty(json, "data")`': "of a span of Sentry's: the keys of its attributes",
  },
  "doctor/observed-method.ts": {
    "args of `call?.args`": "the arguments of an exporter or a processor, passed on",
  },
  "doctor/otlp-requests.ts": {
    'request of `readProperty(message, "request")`': "an HTTP request: its user agent",
    'error of `readProperty(message, "error")`': "of an HTTP request: its code or class",
    'response of `readProperty(message, "response")`': "of an HTTP request: its status",
    'headers of `readProperty(request, "headers")`':
      "of an HTTP request: whether an exporter's user agent is in it",
  },
  "doctor/preload.ts": {
    'text of `["text", "json", "off"]`': "the name of a format",
    "stringify of `JSON.stringify`": "of a report, which holds numbers and names",
  },
  "doctor/registration.ts": {
    'context of `readProperty(registered, "context")`': "whether a context manager is registered",
    "url of `import.meta.url`": "where our own module lies",
  },
  "doctor/sdk-calls.ts": {
    'url of `builtinModule("node:inspector")?.url`': "a function of Node: whether a debugger is attached",
    'result of `readProperty(this.#session.post("Profiler.takePreciseCoverage"), "result")`':
      "of the profiler: names of functions, and counts",
    "values of `this.#counts.values`": "of a Map of ours: counts",
    'url of `readProperty(script, "url")`': "the URL of a script",
  },
  "doctor/text.ts": {
    "reason of `{ id, lookedAt, state, reason }`": "of a check of ours: why it could not look",
  },
  "mcp/server.ts": {
    'prompt of `[ "registerTool", "registerPrompt", "registerResource", "tool", "prompt", "resource", "setRequestHandler", ]`':
      "the name of a server's method",
  },
  "mcp/transport.ts": {
    "params of `request ?? {}`": "copied as it is, to put the trace context in its `_meta`",
  },
  "readers/failure.ts": {
    "reason of `aborted.reason`": "its name, which differs for a deadline",
    "lastError of `record.lastError`": "the last failure in a retry error: its class or status",
    "data of `record.data`": "the failure that v7 wraps: its class or status",
  },
  "readers/finish-reason.ts": {
    "raw of `reason?.raw`": "whether there is one",
    "raw of `asRecord(usage) ?? {}`": "whether there is one",
  },
  "foundation/installed-package.ts": {
    "url of `import.meta.url`": "where our own file lies",
  },
  "register/environment.ts": {
    "message of `error.message`": "an error of ours: the rule of an option",
  },
  "foundation/structure.ts": {
    "value of `Object.getOwnPropertyDescriptor(value, key)?.value`":
      "of a property's descriptor: a model's configuration, its base URL, and an answer's stream",
  },
  "readers/model-call.ts": {
    'prompt of `readProperty(options, "prompt")`': "how many messages it has",
    'messages of `readProperty(options, "messages")`': "the same",
    'embeddings of `readProperty(finish, "embeddings")`': "the length of the first vector",
    'body of `readProperty(metadata, "body")`': "the answer's id, of Cohere's alone",
    'providerMetadata of `readProperty(finish, "providerMetadata")`':
      "passed to readers/usage, which reads counts of tokens",
    'providerMetadata of `readProperty(part, "providerMetadata")`': "the model that Anthropic fell back to",
  },
  "readers/running-usage.ts": {
    "providerMetadata of `part.providerMetadata`": "the counts of Anthropic's first event",
    "rawValue of `part.rawValue`": "the type of an event of the wire, and its counts",
    "message of `event.message`": "the counts of Anthropic's first event",
  },
  "readers/server.ts": {
    'config of `readDataProperty(model, "config")`': "holds the base URL",
    'baseURL of `readDataProperty(readDataProperty(model, "config"), "baseURL")`': "its host and port",
    "baseURL of `cached?.baseURL`": "compared with the last one",
  },
  "readers/step.ts": {
    'providerMetadata of `readProperty(step, "providerMetadata")`':
      "passed to readers/usage, which reads counts of tokens",
    'response of `readProperty(step, "response")`': "its id and model",
    "raw of `usage`": "the raw counts of a provider, passed to readers/usage",
  },
  "readers/stream-part.ts": {
    "delta of `part?.delta`": "whether it is empty, for the time to the first chunk",
  },
  "readers/telemetry-event.ts": {
    'embeddings of `["embeddings"]`': "the name of an operation",
    'text of `["generate_content", "text"]`': "the name of an output type",
    'output of `readProperty(event, "output")`': "the name of its kind, such as `object`",
    "request of `{ request }`": "a record of ours: the settings of a call",
    "request of `operation.request`": "a record of ours: the settings of a call",
    'error of `readProperty(event, "error")`':
      "passed to readers/failure, which reads its class or status; its code, if it is the runtime's",
  },
  "readers/tool-call.ts": {
    "content of `asRecord(step)?.content`": "types, names, ids and flags of its parts",
    "content of `last?.content`": "types, names and ids of its parts: calls that were denied",
    "error of `part.error`": "passed to readers/failure, which reads its class",
    "output of `part.output`": "its type: `execution-denied` or not",
  },
  "readers/turn.ts": {
    'metadata of `readProperty(telemetry, "metadata")`':
      "the caller's facts about the turn, meant to be recorded",
    'runtimeContext of `readProperty(asRecord(parameters), "runtimeContext")`':
      "only the keys that the caller allows",
    'runtimeContext of `readProperty(event, "runtimeContext")`':
      "filtered by the SDK: only the keys that the caller allows",
    "values of `source.values`": "the caller's facts about the turn, as above",
    "values of `{ values }`": "the same",
  },
  "readers/usage.ts": {
    "raw of `counts?.raw`": "the raw counts of a provider: names of counts, and numbers",
    "values of `Object.values`": "of the raw counts of a provider, one level deep",
  },
  "runs/direct-execution.ts": {
    "context of `this.call.context`": "the OpenTelemetry context of a span",
  },
  "runs/run.ts": {
    "context of `this.span.context`": "the OpenTelemetry context of a span",
  },
  "runs/tool-calls.ts": {
    "prompt of `asRecord(options) ?? {}`": "passed to readers/tool-call, which reads denials",
    "tools of `asRecord(options) ?? {}`":
      "passed to readers/tool-call, which reads ids and names of provider tools",
  },
  "semconv/outcome.ts": {
    "cause of `outcome.cause`": "why work was canceled, one of our words",
  },
  "spans/run-span.ts": {
    "metadata of `{ identity, metadata }`": "the facts that the caller wants recorded",
    "context of `caller.context`": "the OpenTelemetry context of a span",
    "context of `parent.context`": "the OpenTelemetry context of a span",
    "metadata of `turn.metadata`": "a record of ours: the caller's facts about the turn",
    "response of `child.response`": "a record of ours: ids, counts and finish reasons",
  },
  "spans/tool-call-span.ts": {
    "metadata of `turn.metadata`": "a record of ours: the caller's facts about the turn",
  },
  "spans/turn-context.ts": {
    "metadata of `{ identity, metadata }`": "the user of a turn, for the turns inside it",
  },
  "spans/owned-span.ts": {
    "context of `{ tracing, context, start, target, startTime }`": "OpenTelemetry's context",
  },
  "spans/open-span.ts": {
    "context of `parent.context`": "the OpenTelemetry context of a span",
  },
  "spans/operation-attempts.ts": {
    "response of `this.#operation`": "a record of ours: ids, counts and finish reasons",
  },
  "spans/open-tool-call.ts": {
    "context of `call.context`": "the OpenTelemetry context of a span",
  },
  "streams/model-attempt.ts": {
    "response of `call.response`": "a record of ours: ids, counts and finish reasons",
    "response of `record?.response`": "its id and model",
    "content of `record?.content`": "types, names, ids and flags of its parts: tools of the provider",
    "error of `part.error`": "passed to readers/failure, which reads its class or status",
  },
  "streams/observed-pipe.ts": {
    "value of `result.value`": "a part that the pipe moves, observed by model-attempt and result-lifetime",
  },
  "streams/observed-tee.ts": {
    "reason of `first.reason`": "why a branch was canceled, passed on to the source",
    "reason of `second.reason`": "why a branch was canceled, passed on to the source",
    "value of `{ done, value }`": "a part that the tee moves, observed by result-lifetime",
  },
  "streams/override-once.ts": {
    "value of `descriptor.value`": "a method of a stream, or of what a tool returned",
    "value of `Reflect.getOwnPropertyDescriptor(owner, key)?.value`": "compared with our method",
  },
  "streams/result-lifetime.ts": {
    "error of `part.error`": "passed to readers/failure, which reads its class or status",
  },
  "wrap/run-by-prompt.ts": {
    'prompt of `readProperty(known, "prompt")`': "compared by identity: which of an agent's calls this is",
    'prompt of `readProperty(parameters, "prompt")`': "the same",
    'messages of `readProperty(known, "messages")`': "the same",
    'messages of `readProperty(parameters, "messages")`': "the same",
  },
  "wrap/nested-work.ts": {
    "context of `started.call`": "the OpenTelemetry context of a span",
  },
  "wrap/operation.ts": {
    "source of `kind.source`": "of our table: the name of a result's stream",
    "context of `run.context`": "the OpenTelemetry context of a span",
  },
  "wrap/operations.ts": {
    'image of `media("imageModel", "image")`': "the name of an output type",
    'text of `media("transcriptionModel", "text")`': "the name of an output type",
    'video of `media("videoModel", "video")`': "the name of an output type",
  },
  "wrap/sdk-module.ts": {
    "value of `descriptor`": "a function or a class that the program puts into the SDK's module",
  },
  "wrap/agent.ts": {
    "source of `run.kind.source`": "of our table: the name of a result's stream",
  },
  "wrap/direct-tool.ts": {
    "context of `started.context`": "the OpenTelemetry context of a span",
  },
  "wrap/generator.ts": {
    "context of `run.context`": "the OpenTelemetry context of a span",
  },
  "wrap/prepared-call.ts": {
    "tools of `this.#call.tools`": "whether there are any",
  },
  "wrap/sdk-class.ts": {
    'tools of `hasGetter("tools")`': "whether the SDK's class has such a getter",
  },
  "wrap/replaced-property.ts": {
    "value of `assigned.value`": "a method that the agent has assigned; the call that assigned it reads it",
    'value of `"value" in original`': "whether an agent's settings are a plain property",
    "value of `original.value`": "the agent's settings, returned to the code that reads them",
  },
  "wrap/integrations.ts": {
    "tools of `copy.tools`": "whether there are any, and whether one is a tool search",
  },
  "wrap/output-check.ts": {
    "source of `run.kind.source`": "of our table: the name of a result's stream",
  },
  "wrap/parameters.ts": {
    "output of `copy.output`": "a parameter of the call: whether it asks for an object",
    "source of `run.kind.source`": "of our table: the name of a result's stream",
    "source of `kind.source`": "of our table: the name of a result's stream",
    "tools of `copy.tools`": "whether there are any",
    'tools of `readProperty(input, "tools")`': "whether there are any",
    "tools of `input.tools`": "whether there are any, and whether they are a plain property",
  },
  "wrap/wrapped-run.ts": {
    "source of `this.kind.source`": "of our table: the name of a result's stream",
    "tools of `result?.tools`": "our view is replaced by the caller's tools",
    'tools of `Reflect.set(result, "tools", originalOf(tools))`': "the same",
    "source of `kind.source`": "of our table: the name of a result's stream",
    "error of `asRecord(event)?.error`": "passed to readers/failure, which reads its class",
  },
  "wrap/tools.ts": {
    'inputSchema of `["inputSchema", "outputSchema", "contextSchema"]`':
      "the name of a property that is not replaced",
    'outputSchema of `["inputSchema", "outputSchema", "contextSchema"]`': "the same",
    "context of `call.context`": "the OpenTelemetry context of a span",
  },
  "wrap/wrapped-object.ts": {
    'value of `"value" in descriptor`': "whether a property of an agent or a transport is plain",
    "value of `descriptor?.value`": "a method, or whether it is one; other values pass as they are",
  },
  "wrap/view.ts": {
    "value of `known.value`": "a function, a tool or a policy, compared with the last one",
    'value of `"value" in descriptor`': "whether a property is plain",
    "value of `descriptor.value`": "the value of a property of the view, with its replacement",
    "values of `Object.values`": "descriptors of properties, to make them configurable; no value is read",
  },
};

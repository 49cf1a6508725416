// The calls that an entry point may make outside of the boundary's functions. It has only data, with a reason for each
// row.

/** The functions of `foundation/containment.ts`. They contain the functions that they get. */
export const BOUNDARY: ReadonlySet<string> = new Set([
  "contain",
  "contained",
  "passValue",
  "passError",
  "runOnce",
  "report",
  "warn",
  "warnOnce",
]);

/** Our functions that contain all of our work themselves. */
export const CONTAINED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    doctor: "the read of one property",
    "doctor()": "a function of the doctor, which contains all of it",
    asRecord: "a type guard",
    isFunction: "a type guard",
    isRecord: "a type guard",
    isString: "a type guard",
    originalOf: "a look-up in a WeakMap",
    rememberOriginal: "an entry in a WeakMap",
    enter: "runs the application's work; the observer is contained",
    enterObserved: "the same",
    enterWork: "the same",
    isUnderWay: "contains its look at the context",
    readCallId: "contains all of it",
    runInContext: "the same, by `runOnce`",
    observeResult: "contains its observer",
    mapResult: "contains what replaces the result",
    activeContext: "contains the context manager",
    runAsWorkOf: "runs the application's work, by `runInContext`",
    enterPatch: "the same",
    leavePatch: "the same",
    restoreWhenCollected: "contains all of it",
    patchOf: "looks at the context, by `activeContext`",
    enterCall: "runs the application's work, by `runAsWorkOf` and `runOnce`",
    leaveCall: "the same",
    prepare: "contains all but the agent's method",
    keptOf: "a look-up in a Map",
    trapsOf: "its traps are checked where they are",
    wrapMethod: "makes a traced function, whose call is checked where it is made",
  }),
);

/** Work of the application or the platform, by file and call. ai-spans must not contain its failures. */
export const PLAIN: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "mcp/transport.ts: result.then": "a method of a plain promise",
    "propagation/binding-view.ts: replace": "what replaces a method only makes a function",
    "propagation/rpc-result.ts: Proxy": "the result of a call continues as the runtime's result does",
    "propagation/rpc-result.ts: callMethod": "a method of the runtime's promise",
    "propagation/rpc-stub.ts: call": "the program's call",
    "propagation/rpc-stub.ts: boundMethod": "only makes a function",
    "serverless/span-processor.ts: method.apply": "the exporter's method",
    "streams/override-once.ts: replace": "whoever passes it contains our work",
    "testing/span-recorder.ts: resolve": "a promise of a test's",
    "wrap/callbacks.ts: callback.call": "the caller's callback",
    "wrap/replaced-property.ts: original.set?.call": "the agent's setter",
    "wrap/model.ts: factoryOf(run)": "the program's provider",
    "wrap/tool-callbacks.ts: policy.apply": "the caller's policy",
    "wrap/tools.ts: isAsyncIterable": "reads what the SDK reads next, and fails in the same way",
    "wrap/view.ts: change": "writes to a plain object of ours, as the language has it",
    "wrap/view.ts: call": "calls the application's function; whoever passes another contains our work",
  }),
);

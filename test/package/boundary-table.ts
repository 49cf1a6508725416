// What an entry point may call outside of the boundary's functions. Data only, each row with its reason.

/** The functions of `containment.ts`: what is given to them is contained. */
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

/** Functions of ours that contain all that is theirs, by name. */
export const CONTAINED: ReadonlyMap<string, string> = new Map(
  Object.entries({
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
    runInContext: "the same, by `runOnce`",
    observeResult: "contains its observer",
    mapResult: "contains what replaces the result",
    activeContext: "contains the context manager",
    runAsWorkOf: "runs the application's work, by `runInContext`",
    enterPatch: "the same",
    leavePatch: "the same",
    isPatched: "looks at the context, by `activeContext`",
    keptOf: "a look-up in a Map",
    trapsOf: "its traps are looked at where they are",
    traceMethod: "makes a traced function, whose call is looked at where it is made",
  }),
);

/** The application's or the platform's own work, by file and call: its failures are not ours to contain. */
export const PLAIN: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "propagation/binding-view.ts: replace": "what replaces a method only makes a function",
    "propagation/rpc-stub.ts: Proxy": "the result of a call goes on as the runtime's own does",
    "propagation/rpc-stub.ts: outcome": "the program's own call",
    "propagation/rpc-stub.ts: outcome().then": "the same",
    "propagation/rpc-stub.ts: outcome() .then": "the same",
    "propagation/rpc-stub.ts: outcome() .then(async ({ value }) => value) .catch": "the same",
    "propagation/rpc-stub.ts: settled[key].bind": "a method of a promise",
    "propagation/rpc-stub.ts: recover": "makes the program's own call, or throws its error",
    "serverless/span-processor.ts: method.apply": "the exporter's own method",
    "streams/override-once.ts: replace": "whoever passes it contains what is ours",
    "testing/span-recorder.ts: resolve": "a promise of a test's",
    "wrap/callbacks.ts: callback.call": "the caller's own callback",
    "wrap/lens.ts: lens.calls.get": "a look-up in a Map",
    "wrap/lens.ts: original.get?.call": "the agent's own getter",
    "wrap/lens.ts: original.set?.call": "the agent's own setter",
    "wrap/model.ts: factoryOf(run)": "the program's own provider",
    "wrap/tool-callbacks.ts: policy.apply": "the caller's own policy",
    "wrap/tools.ts: isAsyncIterable": "reads what the SDK reads next, and fails in the same way",
    "wrap/view.ts: change": "writes to a plain object of ours, as the language has it",
    "wrap/view.ts: call": "calls the application's function; who passes another contains what is ours",
  }),
);

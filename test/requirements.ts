/**
 * What ai-spans promises, and where it is written. A test file names the promises that it holds in its head comment:
 * `Holds: ends-once, no-content.` `requirements.test.ts` fails when nobody holds a promise.
 */
export interface Requirement {
  readonly id: string;
  readonly promise: string;
  /** The page that says so. */
  readonly page: string;
}

const SPANS = "docs/reference/spans.md";
const TELEMETRY = "docs/reference/telemetry.md";
const TRANSPARENCY = "docs/why/transparency.md";
const DESIGN = "docs/why/design.md";
const CONTENT = "docs/why/content.md";
const BOUNDARIES = "docs/guide/boundaries.md";
const DOCTOR = "docs/guide/doctor.md";
const CONSOLE = "docs/guide/console.md";
const SERVERLESS = "docs/guide/serverless.md";
const OPERATING = "docs/guide/operating.md";
const BACKENDS = "docs/guide/backends.md";
const COLLECTOR = "docs/guide/collector.md";
const RUNBOOK = "docs/guide/runbook.md";
const SECURITY = "SECURITY.md";
const BUNDLERS = "docs/guide/bundlers.md";
const FRAMEWORKS = "docs/guide/frameworks.md";
const START = "docs/guide/start.md";
const VIEW = "docs/guide/view.md";
const REGISTER = "docs/reference/register.md";

function on(page: string, promises: Readonly<Record<string, string>>): Requirement[] {
  return Object.entries(promises).map(([id, promise]) => ({ id, promise, page }));
}

export const requirements: readonly Requirement[] = [
  ...on(CONTENT, {
    "no-content":
      "No telemetry holds a prompt, a message, a tool's argument or result, a header or an error's message.",
    "no-content-in-warnings": "A warning names the class of a failure, never its message.",
    "reviewed-accesses": "Each access to a field that may hold content was reviewed.",
  }),
  ...on(SPANS, {
    "one-tree": "A run is invoke_agent over chat and execute_tool, the same on every major and on both ways.",
    "same-by-adapter": "The adapter gives the wrapper's tree, but for the differences of its page.",
    "operations-without-agent":
      "embed, rerank, image, speech, video and transcription calls have one span each.",
    parents: "A span has the right parent whatever the context manager does.",
    "tools-of-the-program": "A tool that the program calls itself has a span below the active one.",
    "ends-once": "Every span ends once, on every path.",
    "ends-as-error": "A rejection, a thrown error or an error part is an error, by its class or HTTP status.",
    "ends-as-canceled":
      "An abort, a reader that left and a dropped result are cancellations, with their cause.",
    deadlines: "A deadline is the error `timeout`.",
    "own-timeouts": "Work that aborts itself has failed.",
    "last-reader": "A streamed run ends with its last reader.",
    abandoned: "What nobody reads or can settle ends as abandoned, and nothing is read for it.",
    retries: "Attempts of one model call are one chat span, which counts them.",
    "failed-steps": "A step that follows a failed one has its own chat span.",
    "counts-of-partial-answers": "Counts seen before the end are kept, however the run ends.",
    clocks: "All spans of a run are on the span's clock.",
  }),
  ...on(TELEMETRY, {
    conventions: "Names, kinds, types and values are those of the pinned conventions.",
    "names-from-outside": "A tool name that the run does not have is `_OTHER`, and every text has a bound.",
    identity: "Agent, conversation and user are what the program says, on all spans of the turn.",
    turns: "withTurn gives its attributes to every call inside.",
    providers: "Provider ids map to the registry's names.",
    usage: "A count is what the provider reported. What is unknown is absent.",
    versions: "The option semconv names the version of the conventions.",
    metrics: "Metrics come from the same observer, sampled or not.",
    "opting-out": "A call with `isEnabled: false` has no span.",
  }),
  ...on(TRANSPARENCY, {
    "same-program": "The program gets the same values, errors, order, callbacks and identities.",
    "known-differences": "Each thing that a program may notice has a row and a test.",
    "views-keep-writes": "What others write to a wrapped value stays in it.",
    "foreign-streams": "A stream that is not the platform's is used as the bare SDK uses it.",
    "agents-keep-identity": "Agents keep identity, private members, statics and settings.",
    "unsampled-is-bare": "A call that is neither recorded nor measured gets the original parameters.",
  }),
  ...on(DESIGN, {
    containment: "Our failure never reaches the program, and costs its own fact.",
    "one-boundary": "Every function that others call back is contained.",
    "no-leak": "A run that is over is kept alive by nothing.",
    "bounded-work": "Work is in proportion to what is recorded.",
    copies: "Two copies of the library trace a call once.",
    layers: "A layer imports what its row allows.",
    size: "An entry stays within its size budget.",
    misuse: "A wrong option or argument gets an error that says what to write.",
  }),
  ...on(BOUNDARIES, {
    carriers: "A context crosses headers, messages, jobs and sockets of known shapes.",
    "hostile-carriers": "A carrier from outside does no harm.",
    "linked-and-continuous": "The root of a delivery links to its senders, or continues their trace.",
    rpc: "A context crosses Workers RPC, and an unwrapped receiver gets its own arguments.",
    mcp: "A context crosses MCP, from the client's transport to the server's handlers.",
  }),
  ...on(BUNDLERS, {
    alias: "A bundle with `ai-spans/ai` instead of `ai` is traced, and no call changes.",
    "alias-names":
      "The module has the names and the types of `ai`, and costs nothing where no traced export is used.",
  }),
  ...on(FRAMEWORKS, {
    frameworks:
      "In each framework of the page a request is one run in its client's trace, and a client that leaves cancels it.",
  }),
  ...on(DOCTOR, {
    "doctor-finds": "The doctor finds each state of its table, and nothing in a sound program.",
    "doctor-no-content": "A report holds numbers, versions and names, never content.",
    "doctor-changes-nothing": "A program under the doctor has the same output, spans and exit.",
  }),
  ...on(START, {
    "zero-code": "One flag, or one instrumentation, traces every call: each major, module format and Node.",
    "zero-code-once": "Beside wrappers, adapters and other loaders, a call has one set of spans.",
    "instrumentation-switch": "An instrumentation is switched off and on, and configured, as any other.",
  }),
  ...on(REGISTER, {
    "register-environment":
      "The environment chooses the SDK and the options; what is missing is reported once.",
    "ends-at-shutdown": "What is open when the process ends is canceled/shutdown.",
    "process-end": "A process ends as without the flag.",
  }),
  ...on(OPERATING, {
    dashboard: "Every query of the dashboard gives what the runs did.",
    "lossless-under-load": "Under load, a span is lost only where the SDK's processor says so.",
    "scale-figures": "The figures on scale follow from the sizes of real spans and from documented limits.",
  }),
  ...on(BACKENDS, {
    backends: "OpenTelemetry's exporter takes the variables of each backend, and sends to its address.",
    "backend-packages": "A backend's own package sends of ai-spans' spans what the page says.",
  }),
  ...on(COLLECTOR, {
    "collector-files": "Each Collector file has only settings that its components document.",
  }),
  ...on(RUNBOOK, {
    "alert-rules": "Every rule records what the runs did, and an alert leads to its section of the runbook.",
  }),
  ...on(SECURITY, {
    "public-surface": "A change of a public type or of the list of published files touches a file of `api/`.",
    "reproducible-build": "Two builds of one commit give the same tarball.",
    licenses: "The package has the license of everything that the build inlines.",
    "bill-of-materials": "A bill of materials names each published file and each inlined package.",
    prototypes: "Names such as `__proto__` from outside change no object of the language.",
    "promises-have-tests": "Each promise of the page links to the tests that hold it.",
  }),
  ...on(CONSOLE, {
    "printed-runs": "Each run is printed as a tree when its root ends, and what waits is bounded.",
    "plain-terminals":
      "A terminal gets lines that fit, colors only where it shows them, and nothing to obey.",
  }),
  ...on(VIEW, {
    "view-flag": "One flag serves the runs of a process on a loopback port, beside any provider.",
    "view-page": "The page shows runs, traces and spans, live, by keyboard, and all of it as text.",
    "view-private":
      "Only pages of this machine get spans, nothing is written to disk, and memory is bounded.",
  }),
  ...on(SERVERLESS, {
    flush: "A function freezes after its spans are sent.",
    "untouched-responses": "A response that needs no wait is the very same object.",
    "ends-when-stopped": "A process that gets a signal to stop ends and sends what is open, once.",
    "native-spans": "On Workers the spans can be the runtime's.",
  }),
];

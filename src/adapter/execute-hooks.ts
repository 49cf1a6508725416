/**
 * The SDK's execute hooks (v7). A hook runs the SDK's work exactly once, in the context of its span, and notifies the
 * run of the outcome. The SDK does not catch errors of hooks. So all our failures are contained here.
 */
import type { Context } from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";
import { asRecord, isFunction, readProperty, stringOf, type UnknownRecord } from "../foundation/structure.ts";
import { readEventRequest, readRejection } from "../readers/telemetry-event.ts";
import { enter, observeResult, type WorkObserver } from "../spans/traced-work.ts";
import { TOOL_NAME_OTHER } from "../semconv/attributes.ts";
import { cutsRetries } from "../semconv/outcome.ts";
import { runInContext } from "../spans/context.ts";
import { enterToolCall } from "../spans/open-tool-call.ts";
import { ToolCallSpan } from "../spans/tool-call-span.ts";
import { AdaptedRun } from "./adapted-run.ts";
import { entryOf } from "./calls.ts";

/** The options of an execute hook that our public types declare. */
export interface ExecuteHookOptions<T> {
  readonly callId: string;
  readonly execute: () => PromiseLike<T>;
}

/** Work of a run whose span has started, and the observer of its outcome. */
interface StartedWork extends WorkObserver {
  readonly call: { readonly context: Context };
}

type StartWork = (run: AdaptedRun, options: UnknownRecord) => StartedWork | undefined;

function startModelCall(run: AdaptedRun, options: UnknownRecord): StartedWork | undefined {
  const [prompt, tools] = [readProperty(options, "messages"), readProperty(options, "tools")];
  run.toolCalls.onModelCall({ prompt, tools });
  const attempt = run.startAttempt(readEventRequest(options, run.sdkOperation));
  run.observedFailure = undefined;
  return (
    attempt && {
      call: attempt.call,
      onValue: (result) => attempt.onValue(result),
      onError: (error) => {
        run.observedFailure = run.abortOutcome() ?? readRejection(error, run.sdkOperation);
        attempt.onFailure(run.observedFailure);
      },
    }
  );
}

function startToolCall(run: AdaptedRun, options: UnknownRecord): StartedWork | undefined {
  const toolCall = readProperty(options, "toolCall");
  const toolName = stringOf(readProperty(toolCall, "toolName")) ?? TOOL_NAME_OTHER;
  const toolCallId = stringOf(readProperty(options, "toolCallId") ?? readProperty(toolCall, "toolCallId"));
  const execution = run.startExecution(toolName, toolCallId);
  return (
    execution && {
      call: execution.call,
      // The hook does not get the tool's output. The output of an MCP server may be an error, and an event reports it
      // later.
      onValue: (value) => {
        if (execution.call.isOfMCP && toolCallId !== undefined) run.awaitOutput(toolCallId, execution);
        else execution.onValue(value);
      },
      onError: (error) => {
        const outcome = run.outcomeOfTool(error);
        // An aborted tool means that its run was aborted too. A tool that only failed does not fail its run.
        if (cutsRetries(outcome)) run.observedFailure = outcome;
        execution.onError(error);
      },
    }
  );
}

/**
 * Starts work once, if two adapters hook it, or one adapter that is registered twice. Both hooks get the same tool call
 * or prompt object, by which the second hook is recognized. The attempts of a model call run one after the other, so
 * each is started.
 */
function startOnce(run: AdaptedRun, options: UnknownRecord, start: StartWork): StartedWork | undefined {
  const { pendingSubjects } = run;
  const subject =
    pendingSubjects && asRecord(readProperty(options, "toolCall") ?? readProperty(options, "messages"));
  if (!subject) return start(run, options);
  const started = pendingSubjects.has(subject) ? undefined : start(run, options);
  if (!started) return undefined;
  pendingSubjects.add(subject);
  return {
    call: started.call,
    onValue: (value) => {
      pendingSubjects.delete(subject);
      started.onValue(value);
    },
    onError: (error) => {
      pendingSubjects.delete(subject);
      started.onError(error);
    },
  };
}

/** The hook `executeLanguageModelCall`. */
export function executeModelCall<T>(options: ExecuteHookOptions<T>): PromiseLike<T> {
  return execute(options, startModelCall);
}

/** The hook `executeTool`. */
export function executeToolCall<T>(options: ExecuteHookOptions<T>): PromiseLike<T> {
  return execute(options, startToolCall);
}

/** Runs the SDK's work exactly once. If the work is traced, runs it in the context of its span. */
function execute<T>(options: ExecuteHookOptions<T>, start: StartWork): PromiseLike<T> {
  const hookOptions = asRecord(options) ?? {};
  const run = contain("execute", () => hookOptions.execute);
  // Code other than the SDK has called the hook.
  if (!isFunction(run)) return Promise.resolve(undefined as T);
  const work = (): unknown => Reflect.apply(run, options, []);
  const call = contain("execute", () => entryOf(hookOptions.callId)?.call);
  const started = call instanceof AdaptedRun && contain("execute", () => startOnce(call, hookOptions, start));
  // The promise is handled by the SDK, so the SDK gets the promise of its work and no copy.
  if (started) {
    const { call: span } = started;
    const inside = span instanceof ToolCallSpan ? () => enterToolCall(span, work) : work;
    return observeResult(enter(span.context, inside, started), started, true) as PromiseLike<T>;
  }
  return (call && !(call instanceof AdaptedRun) ? runInContext(call, work) : work()) as PromiseLike<T>;
}

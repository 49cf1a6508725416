/**
 * The SDK's execute hooks (v7): its work runs exactly once, in the context of its span, and the run hears how it comes
 * out. The SDK contains nothing here, so everything of ours is.
 */
import type { Context } from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";
import { asRecord, isFunction, readProperty, stringOf, type UnknownRecord } from "../foundation/structure.ts";
import { readEventRequest, readRejection } from "../readers/telemetry-event.ts";
import { enter, observeResult, type WorkObserver } from "../runs/traced-work.ts";
import { TOOL_NAME_OTHER } from "../semconv/attributes.ts";
import { cutsRetries } from "../semconv/outcome.ts";
import { runInContext } from "../spans/context.ts";
import { enterToolCall } from "../spans/open-tool-call.ts";
import { ToolCallSpan } from "../spans/tool-call-span.ts";
import { AdaptedRun } from "./adapted-run.ts";
import { keptOf } from "./calls.ts";

/** What an execute hook is given; the rest of it is not looked at. */
export interface ExecuteHookOptions<T> {
  readonly callId: string;
  readonly execute: () => PromiseLike<T>;
}

/** Work below a run, and who hears how it comes out. */
interface StartedWork extends WorkObserver {
  readonly call: { readonly context: Context };
}

type StartWork = (run: AdaptedRun, options: UnknownRecord) => StartedWork | undefined;

function startModelCall(run: AdaptedRun, options: UnknownRecord): StartedWork | undefined {
  const [prompt, tools] = [readProperty(options, "messages"), readProperty(options, "tools")];
  run.toolCalls.onModelCall({ prompt, tools });
  const attempt = run.startAttempt(readEventRequest(options, run.sdkOperation));
  run.cause = undefined;
  return (
    attempt && {
      call: attempt.call,
      onValue: (result) => attempt.onValue(result),
      onError: (error) => {
        run.cause = run.abortOutcome() ?? readRejection(error, run.sdkOperation);
        attempt.onFailure(run.cause);
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
      // The hook has no output. That of an MCP server may be an error, which an event says.
      onValue: (value) => {
        if (execution.call.isOfMCP && toolCallId !== undefined) run.awaitOutput(toolCallId, execution);
        else execution.onValue(value);
      },
      onError: (error) => {
        const outcome = run.outcomeOfTool(error);
        // A tool that fails fails alone; one that is aborted is so with its run.
        if (cutsRetries(outcome)) run.cause = outcome;
        execution.onError(error);
      },
    }
  );
}

/**
 * The same adapter, or two, may be registered twice around integrations that take their time: the hooks of one piece of
 * work share what their events hold of it. Attempts at a model call come one after the other.
 */
function startOnce(run: AdaptedRun, options: UnknownRecord, start: StartWork): StartedWork | undefined {
  const { underWay } = run;
  const subject =
    underWay && asRecord(readProperty(options, "toolCall") ?? readProperty(options, "messages"));
  if (!subject) return start(run, options);
  const started = underWay.has(subject) ? undefined : start(run, options);
  if (!started) return undefined;
  underWay.add(subject);
  return {
    call: started.call,
    onValue: (value) => {
      underWay.delete(subject);
      started.onValue(value);
    },
    onError: (error) => {
      underWay.delete(subject);
      started.onError(error);
    },
  };
}

/** `executeLanguageModelCall`. */
export function executeModelCall<T>(options: ExecuteHookOptions<T>): PromiseLike<T> {
  return execute(options, startModelCall);
}

/** `executeTool`. */
export function executeToolCall<T>(options: ExecuteHookOptions<T>): PromiseLike<T> {
  return execute(options, startToolCall);
}

/** Runs the SDK's work exactly once, in the context of its span where it has one. */
function execute<T>(options: ExecuteHookOptions<T>, start: StartWork): PromiseLike<T> {
  const given = asRecord(options) ?? {};
  const run = contain("execute", () => given.execute);
  // Called by hand, without what it is for.
  if (!isFunction(run)) return Promise.resolve(undefined as T);
  const work = (): unknown => Reflect.apply(run, options, []);
  const call = contain("execute", () => keptOf(given.callId)?.call);
  const started = call instanceof AdaptedRun && contain("execute", () => startOnce(call, given, start));
  // The very promise goes on: the SDK awaits it.
  if (started) {
    const { call: own } = started;
    const inside = own instanceof ToolCallSpan ? () => enterToolCall(own, work) : work;
    return observeResult(enter(own.context, inside, started), started, true) as PromiseLike<T>;
  }
  return (call && !(call instanceof AdaptedRun) ? runInContext(call, work) : work()) as PromiseLike<T>;
}

/**
 * What is around a call: suppressed tracing and remote parents.
 */
import {
  context,
  createTraceState,
  ROOT_CONTEXT,
  trace,
  TraceFlags,
  type Context,
  type SpanContext,
} from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import { AlwaysOnSampler, ParentBasedSampler } from "@opentelemetry/sdk-trace-base";
import { afterEach, describe, expect, test } from "vitest";
import { setupTelemetry } from "../support/telemetry.ts";
import { WAYS } from "../support/ways.ts";
import { compare } from "../harness/compare.ts";
import { outlineOf } from "../support/outline.ts";
import { traced, untrace } from "../harness/stage.ts";
import { operationsOf } from "../transparency/known-differences/both.ts";
import { run } from "./run.ts";

afterEach(untrace);

const TREE = "invoke_agent ok 10 (chat ok 5, execute_tool ok, chat ok 5)";

const OPERATIONS = ["invoke_agent", "chat", "execute_tool", "chat"];

function remote(traceFlags: TraceFlags): SpanContext {
  return {
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    traceFlags,
    isRemote: true,
    traceState: createTraceState("vendor=1"),
  };
}

describe.each(WAYS)("$title", (way) => {
  test("nothing is recorded where tracing is suppressed", async () => {
    const { telemetry } = await compare(way, (sdk) =>
      context.with(suppressTracing(context.active()), () => run(sdk, way)),
    );
    expect(telemetry.started).toEqual([]);
    expect(telemetry.diagnostics).toEqual([]);
  });

  test("a run inside a tool where tracing is suppressed is not recorded, the outer one is", async () => {
    const { telemetry } = await compare(way, (sdk) =>
      run(sdk, way, () => context.with(suppressTracing(context.active()), () => run(sdk, way))),
    );
    expect(outlineOf(telemetry)).toBe(TREE);
  });

  test.each([TraceFlags.SAMPLED, TraceFlags.NONE])(
    "a remote parent with the flags %i is the parent, with its state",
    async (flags) => {
      const telemetry = setupTelemetry({ sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }) });
      const parent: Context = trace.setSpanContext(ROOT_CONTEXT, remote(flags));
      const contexts: (SpanContext | undefined)[] = [];
      const note = (): void => void contexts.push(trace.getSpanContext(context.active()));
      const sdk = traced(way);
      await context.with(parent, () => run(sdk, way, note));
      const isSampled = flags === TraceFlags.SAMPLED;
      expect(operationsOf(telemetry)).toEqual(isSampled ? OPERATIONS : []);
      // The decision, the trace and its state reach what a tool starts.
      const [inTool] = contexts;
      expect(inTool).toMatchObject({ traceId: remote(flags).traceId, traceFlags: flags });
      expect(inTool?.traceState?.serialize()).toBe("vendor=1");
      const root = telemetry.started.find(({ name }) => name.startsWith("invoke_agent"));
      if (isSampled) expect(root?.parentSpanContext?.spanId).toBe(remote(flags).spanId);
    },
  );
});

/**
 * A provider that is shut down or replaced while a run is open: the program gets the same as of the bare SDK.
 */
import { trace } from "@opentelemetry/api";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, describe, expect, test } from "vitest";
import { createGate } from "../support/gate.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { WAYS } from "../support/ways.ts";
import { traced, untrace } from "../harness/stage.ts";
import { run } from "./run.ts";

afterEach(() => {
  untrace();
  trace.disable();
});

describe.each(WAYS)("$title", (way) => {
  test.each(["shut down", "replaced"])(
    "a provider that is %s while a run is open changes nothing for the program",
    async (what) => {
      const exporter = new InMemorySpanExporter();
      const makeProvider = (): BasicTracerProvider =>
        new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
      const bare = await run(way.major.ai, way);
      const { diagnostics } = setupTelemetry();
      trace.disable();
      const provider = makeProvider();
      trace.setGlobalTracerProvider(provider);
      const gate = createGate();
      const sdk = traced(way);
      const running = run(sdk, way, () => gate.pass());
      await gate.reached;
      if (what === "shut down") await provider.shutdown();
      else {
        trace.disable();
        trace.setGlobalTracerProvider(makeProvider());
      }
      gate.open();
      expect(await running).toEqual(bare);
      expect(diagnostics).toEqual([]);
      // A span keeps the provider that it was started with; what is shut down exports no more.
      const names = exporter.getFinishedSpans().map(({ name }) => String(name.split(" ")[0]));
      expect(names.toSorted()).toEqual(
        what === "shut down" ? [] : ["chat", "chat", "execute_tool", "invoke_agent"],
      );
      // The next run goes to the new one.
      exporter.reset();
      await run(sdk, way);
      expect(exporter.getFinishedSpans()).toHaveLength(what === "shut down" ? 0 : 4);
    },
  );
});

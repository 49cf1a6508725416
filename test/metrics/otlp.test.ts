/**
 * The metrics as they leave the process: the real OTLP exporter sends them to an HTTP server.
 */
import { json } from "node:stream/consumers";
import { createServer } from "node:http";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { wrapAISDK } from "ai-spans";
import { expect, test } from "vitest";
import { says } from "../conformance/script.ts";
import { v7 } from "../support/majors.ts";
import { scriptedModel } from "../support/scripted-model.ts";
import { close, listen } from "../support/loopback.ts";
import { setupTelemetry } from "../support/telemetry.ts";

interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly histogram?: { readonly dataPoints: readonly { readonly explicitBounds: readonly number[] }[] };
  readonly sum?: { readonly isMonotonic: boolean };
}

interface Request {
  readonly resourceMetrics: readonly {
    readonly scopeMetrics: readonly {
      readonly scope: { readonly name: string };
      readonly metrics: readonly Metric[];
    }[];
  }[];
}

test("metrics arrive over OTLP with their scope, units, kinds and bounds", async () => {
  setupTelemetry();
  const requests: Request[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      requests.push((await json(request)) as Request);
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    })();
  });
  const port = await listen(server);
  const exporter = new OTLPMetricExporter({ url: `http://127.0.0.1:${port}/v1/metrics` });
  const meterProvider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });

  const { model } = scriptedModel(v7, [says("a room")]);
  await wrapAISDK(v7.ai, { meterProvider }).generateText({ model, prompt: "a room" });
  await meterProvider.shutdown();
  await close(server);

  const scopes = requests.flatMap(({ resourceMetrics }) =>
    resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics),
  );
  expect(scopes.map(({ scope }) => scope.name)).toEqual(["ai-spans"]);
  const metrics = (scopes[0]?.metrics ?? []).map(({ name, unit, histogram, sum }) => [
    name,
    unit,
    histogram ? histogram.dataPoints[0]?.explicitBounds.length : sum?.isMonotonic,
  ]);
  expect(new Set(metrics)).toEqual(
    new Set([
      ["ai_spans.invoke_agent.input_tokens", "{token}", true],
      ["ai_spans.invoke_agent.output_tokens", "{token}", true],
      ["gen_ai.client.inference.duration", "s", 14],
      ["gen_ai.client.inference.operation.input_tokens", "{token}", 14],
      ["gen_ai.client.inference.operation.output_tokens", "{token}", 14],
      ["gen_ai.client.inference.usage.input_tokens", "{token}", true],
      ["gen_ai.client.inference.usage.output_tokens", "{token}", true],
      ["gen_ai.invoke_agent.duration", "s", 13],
      ["gen_ai.invoke_agent.inference_calls", "{inference_call}", 8],
      ["gen_ai.invoke_agent.tool_calls", "{tool_call}", 8],
    ]),
  );
});

/**
 * Tests one provider package with a fixture of its provider's format, streamed and direct. The spans have the counts
 * and names of the wire, as far as the package passes them on.
 */
import { wrapAISDK } from "ai-spans";
import { expect, test } from "vitest";
import { scriptedAnswers, type AnswerFormat, type ProviderServer } from "../../fixtures/provider-server.ts";
import { agentSpan, chatSpan } from "../conformance/expected-spans.ts";
import { callText } from "../conformance/script.ts";
import { majors, type MajorName } from "../support/majors.ts";
import type { ScriptedUsage } from "../support/scripted-model.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";

export interface CountedFacts {
  readonly usage: ScriptedUsage;
  /** The response identity, or `null` if the package passes on none of it. */
  readonly response: { readonly id?: string; readonly model?: string } | null;
}

export interface CountedCase {
  readonly package: string;
  readonly format: AnswerFormat;
  readonly fixture: string;
  /** `gen_ai.provider.name`. */
  readonly provider: string;
  readonly modelId: string;
  /** Whether the model has the base URL. */
  readonly hasBaseURL?: boolean;
  /** Makes the model, for each major that has a package. */
  readonly models: Partial<
    Record<MajorName, (server: ProviderServer, headers: Record<string, string>) => object>
  >;
  readonly facts: CountedFacts;
  /** Other facts that the package of a major reports. */
  readonly on?: Partial<Record<MajorName, Partial<CountedFacts>>>;
  /** Other facts of a direct answer. */
  readonly direct?: Partial<CountedFacts>;
}

export function testCounted(counted: CountedCase, server: () => ProviderServer): void {
  const { format, fixture, models, modelId, provider, hasBaseURL = false } = counted;
  for (const major of majors) {
    const model = models[major.name];
    if (!model) continue;
    for (const streaming of [true, false]) {
      const way = streaming ? "streamed" : "direct";
      test(`${counted.package} reports on ${major.name} the counts of ${format} ${fixture}, ${way}`, async () => {
        const telemetry = setupTelemetry();
        const sdk = wrapAISDK(major.ai);
        const parameters = { model: model(server(), scriptedAnswers(fixture)), prompt: "When does it open?" };
        await callText(sdk, streaming, parameters);
        const { usage, response } = {
          ...counted.facts,
          ...(streaming ? {} : counted.direct),
          ...counted.on?.[major.name],
        };
        const attributes = hasBaseURL
          ? { "server.address": "127.0.0.1", "server.port": expect.any(Number) }
          : {};
        const chat = chatSpan({ model: modelId, provider, streaming, usage, response, attributes });
        await expectSpanTree(telemetry, agentSpan({ name: null, model: modelId }, [chat]));
      });
    }
  }
}

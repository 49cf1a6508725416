// What wrapAISDK and withTurn accept and refuse, without any AI SDK.
import type { MeterProvider, TracerProvider } from "@opentelemetry/api";
import { withTurn, wrapAISDK, type SemconvVersion, type TurnAttributes, type TracingOptions } from "ai-spans";
import { exactly, type Equal, type Expect } from "../assertions.ts";

export type Options = Expect<
  Equal<
    TracingOptions,
    {
      readonly namespace?: string;
      readonly idleDeadlineMs?: number;
      readonly runUsage?: boolean;
      readonly tracerProvider?: TracerProvider;
      readonly meterProvider?: MeterProvider;
      readonly semconv?: SemconvVersion;
    }
  >
>;

export type Versions = Expect<Equal<SemconvVersion, "latest" | "1.41" | "1.41/dup" | "1.36" | "1.36/dup">>;

declare const tracerProvider: TracerProvider;
declare const meterProvider: MeterProvider;
declare const callback: () => Promise<number>;
const namespace = { greet: (name: string): string => name };

export function wrap(): void {
  exactly<typeof namespace>()(wrapAISDK(namespace));
  exactly<typeof namespace>()(wrapAISDK(namespace, {}));
  wrapAISDK(namespace, { namespace: "cloudflare.agents", idleDeadlineMs: 1000, tracerProvider });
  wrapAISDK(namespace, { meterProvider, semconv: "1.36/dup" });

  // @ts-expect-error there is no option that records content
  wrapAISDK(namespace, { recordInputs: true });
  // @ts-expect-error a namespace is a string
  wrapAISDK(namespace, { namespace: 7 });
  // @ts-expect-error a deadline is a number of milliseconds
  wrapAISDK(namespace, { idleDeadlineMs: "10m" });
  // @ts-expect-error a tracer provider is not a tracer
  wrapAISDK(namespace, { tracerProvider: tracerProvider.getTracer("name") });
  // @ts-expect-error a meter provider is not a tracer provider
  wrapAISDK(namespace, { meterProvider: tracerProvider });
  // @ts-expect-error a version is one of those that are known
  wrapAISDK(namespace, { semconv: "1.37" });
  // @ts-expect-error a module is required
  wrapAISDK();
  // @ts-expect-error a module is an object
  wrapAISDK("ai");
}

export function setOption(options: TracingOptions): void {
  // @ts-expect-error options are readonly
  options.namespace = "changed";
}

export function turn(attributes: TurnAttributes): void {
  exactly<number>()(withTurn({ userId: "u-7", attempt: 2, trial: false, plan: undefined }, () => 7));
  exactly<Promise<number>>()(withTurn(attributes, callback));

  // @ts-expect-error an attribute is a scalar
  void withTurn({ user: { id: "u-7" } }, callback);
  // @ts-expect-error an attribute is not a list
  void withTurn({ tags: ["a"] }, callback);
  // @ts-expect-error the work is a function
  withTurn({ userId: "u-7" }, callback());
  // @ts-expect-error the attributes come first
  withTurn(callback);
  // @ts-expect-error turn attributes are readonly
  attributes["userId"] = "changed";
}

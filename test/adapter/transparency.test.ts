/**
 * With the adapter registered, the application gets the same values in the same turns as without it, whatever part of
 * the telemetry throws.
 */
import { describe, expect, test, afterEach, vi } from "vitest";
import { FAULTS, installFault } from "../support/faulty-telemetry.ts";
import { registerIntegrations } from "../support/integrations.ts";
import { v7 } from "../support/majors.ts";
import { interleavings, observe } from "../transparency/observe.ts";
import { awaiting } from "./application.ts";

afterEach(() => registerIntegrations());

/** The module may cache tracers, so each fault gets a fresh module. */
async function freshAdapter() {
  vi.resetModules();
  const { createAISDKTelemetry, withTurn } = await import("ai-spans");
  return { adapter: createAISDKTelemetry(), withTurn };
}

describe.each(["once", "twice", "twice around an integration that takes its time"])(
  "registered %s",
  (how) => {
    /** Registered in both runs, because this integration itself takes turns. */
    const others = how.endsWith("time") ? [awaiting] : [];

    async function compare(): Promise<void> {
      registerIntegrations(...others);
      const bare = await observe(v7, v7.ai);
      const { adapter, withTurn } = await freshAdapter();
      registerIntegrations(adapter, ...others, ...(how === "once" ? [] : [adapter]));
      const adapted = await withTurn({ userId: "u-7", plan: "pro" }, () => observe(v7, v7.ai));
      expect(adapted).toEqual(bare);
    }

    test("the adapter changes nothing where nothing throws", async () => {
      const { diagnostics } = installFault({ place: "none" });
      await compare();
      expect(diagnostics).toEqual([]);
    });

    test.each(FAULTS)("the adapter changes nothing where $place throws", async (fault) => {
      const { diagnostics } = installFault(fault);
      await compare();
      expect(diagnostics, "one report per place").toEqual([...new Set(diagnostics)]);
      if (fault.reported) expect(diagnostics).not.toEqual([]);
    });
  },
);

test.each(Object.entries(interleavings))("the order of %s is kept", async (_name, scene) => {
  installFault({ place: "none" });
  registerIntegrations();
  const bare = await scene(v7, v7.ai);
  const { adapter } = await freshAdapter();
  registerIntegrations(adapter);
  expect(await scene(v7, v7.ai)).toEqual(bare);
});

/**
 * Telemetry throws at every place where it can. The application gets what the bare SDK returns.
 *
 * Holds: containment.
 */
import { expect, describe, test, vi } from "vitest";
import { majors, type Major, type SDK } from "../support/majors.ts";
import { FAULTS, installFault } from "../support/faulty-telemetry.ts";
import { interleavings, observe } from "./observe.ts";

interface Fresh {
  readonly wrap: (ai: SDK) => SDK;
  readonly inTurn: <T>(run: () => T) => T;
}

/** A module may keep its tracer, so each fault loads the module again. */
async function freshModule(): Promise<Fresh> {
  vi.resetModules();
  const { wrapAISDK, withTurn } = await import("ai-spans");
  return { wrap: wrapAISDK, inTurn: (run) => withTurn({ userId: "u-7", plan: "pro" }, run) };
}

async function compare(major: Major, { wrap, inTurn }: Fresh): Promise<void> {
  const bare = await observe(major, major.ai);
  const wrapped = await inTurn(() => observe(major, wrap(major.ai)));
  expect(wrapped).toEqual(bare);
}

describe.each(majors)("on $name", (major) => {
  test("gives the application the same as the bare SDK where nothing throws", async () => {
    const { diagnostics } = installFault({ place: "none" });
    await compare(major, await freshModule());
    expect(diagnostics).toEqual([]);
  });

  test.each(Object.entries(interleavings))("keeps the order of %s", async (_name, scene) => {
    installFault({ place: "none" });
    const { wrap } = await freshModule();
    expect(await scene(major, wrap(major.ai))).toEqual(await scene(major, major.ai));
  });

  test.each(FAULTS)("gives the application the same as the bare SDK where $place throws", async (fault) => {
    const { diagnostics } = installFault(fault);
    await compare(major, await freshModule());
    expect(diagnostics, "one report per place").toEqual([...new Set(diagnostics)]);
    if (fault.reported) expect(diagnostics).not.toEqual([]);
  });
});

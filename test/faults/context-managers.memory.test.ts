/**
 * Context managers that run their work in a wrong way. Only the context of the work is lost. The program gets the same
 * as on the bare SDK, and the spans equal those with a correct context manager.
 */
import { context, type ContextManager } from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import { WAYS } from "../support/ways.ts";
import { Trials } from "./expected.ts";
import { loadOnFaultyPlatform } from "./faulty-globals.ts";
import { ODD_CONTEXT_MANAGERS } from "./odd-parts.ts";
import { PROGRAMS } from "./programs.ts";

const trials = new Trials(await loadOnFaultyPlatform());

// v6 itself calls the context manager, so even the bare SDK would run its work twice or never.
const settings = WAYS.filter(({ major }) => major.name !== "v6");

describe.each(settings)("on $major.name, by the $entry, with a context manager that", (setting) => {
  test.each(Object.entries(ODD_CONTEXT_MANAGERS))("%s", async (_oddity, make) => {
    for (const program of PROGRAMS) {
      const contextManager: ContextManager = make();
      const findings = await trials.run({ ...setting, program, isMetered: true, faults: [], contextManager });
      expect.soft(findings, program.title).toEqual([]);
    }
  });
});

test("the managers are odd", () => {
  const runs = Object.entries(ODD_CONTEXT_MANAGERS).map(([oddity, make]) => {
    context.disable();
    context.setGlobalContextManager(make());
    let count = 0;
    let isNow = true;
    try {
      context.with(context.active(), () => {
        count += 1;
        if (isNow) throw new RangeError("of the work");
      });
      return [oddity, count, "returns"];
    } catch (error) {
      return [oddity, count, String(error)];
    } finally {
      isNow = false;
      context.disable();
    }
  });
  expect(runs).toEqual([
    ["runs its work twice", 1, "RangeError: of the work"],
    ["runs its work later", 0, "returns"],
    ["runs its work at once and later", 1, "RangeError: of the work"],
    ["never runs its work", 0, "returns"],
    ["swallows what its work throws", 1, "returns"],
    ["throws something else than its work throws", 1, "Error: the context manager is broken"],
    ["returns something else than its work returns", 1, "RangeError: of the work"],
    ["knows no active context, as one that is mocked", 1, "RangeError: of the work"],
    ["knows no active context and never runs its work", 0, "returns"],
    ["says that something else is the active context", 1, "RangeError: of the work"],
  ]);
});

/**
 * Short names for root spans, from machine names as code has them and as queues write them.
 */
import { displayName, withLinkedTrace } from "ai-spans/propagation";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { setupTelemetry } from "../support/telemetry.ts";

test.each([
  ["workflow//./src/jobs/order//processOrder", "processOrder"],
  ["step//./src/jobs/order//chargeCard", "chargeCard"],
  ["step//src/jobs/order.ts//chargeCard", "chargeCard"],
  ["step//./src/jobs/order//processOrder/chargeCard", "chargeCard"],
  ["workflow//./src/app//nested//function//name", "name"],
  ["step//@myorg/tasks@2.0.0//processOrder", "processOrder"],
  ["step//builtin//__builtin_fetch", "__builtin_fetch"],
  ["class//point@0.0.1//Point", "Point"],
  ["workflow//./src/jobs/order//default", "order"],
  ["workflow//./src/jobs/daily-order//__default", "daily-order"],
  ["workflow//src/jobs/order.mts//default", "order"],
  ["workflow//point@0.0.1//default", "point"],
  ["workflow//@myorg/shared@1.2.3//default", "shared"],
  ["workflow----src-jobs-order--processOrder", "processOrder"],
  ["step----src-jobs-order--processOrder-chargeCard", "chargeCard"],
  ["workflow----src-jobs-order--default", "order"],
  ["workflow--point-0-0-1--default", "point"],
  ["workflow---myorg-shared-1-2-3--default", "shared"],
  ["__wkf_workflow_workflow----src-jobs-order--processOrder", "processOrder"],
  ["__wkf_step_step//./src/jobs/order//chargeCard", "chargeCard"],
  ["__custom_wkf_step_step----src-jobs-order--chargeCard", "chargeCard"],
])("%s is %s", (machineName, name) => {
  expect(displayName(machineName)).toBe(name);
});

test.each([
  "",
  "process bookings",
  "workflow",
  "workflow//",
  "workflow//path",
  "workflow//./path//",
  "workflow--path",
  "job//./src/jobs/order//processOrder",
  "process--order--now",
  "__wkf_workflow_processOrder",
  `workflow//./src//${"x".repeat(1_000)}`,
])("%j is unchanged", (name) => {
  expect(displayName(name)).toBe(name);
});

test("a name as a queue writes it is the same as the one in code", () => {
  const identifier = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,12}$/);
  const kind = fc.constantFrom("workflow", "step");
  const folders = fc.array(fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(kind, folders, identifier, (tag, path, name) => {
      const machineName = `${tag}//./${path.join("/")}//${name}`;
      expect(displayName(machineName.replaceAll(/[^A-Za-z0-9_-]/g, "-"))).toBe(displayName(machineName));
    }),
    { numRuns: 500, seed: 20_261_129 },
  );
});

test("a value that is no text is returned unchanged", () => {
  // A program without types may pass such a value.
  for (const value of [undefined, 7, {}]) expect(displayName(value as unknown as string)).toBe(value);
});

test("withLinkedTrace shortens no name by itself", () => {
  const telemetry = setupTelemetry();
  const name = "workflow//./src/jobs/order//processOrder";
  withLinkedTrace({ name }, () => {});
  withLinkedTrace({ name: displayName(name) }, () => {});
  expect(telemetry.finished.map((span) => span.name)).toEqual([name, "processOrder"]);
});

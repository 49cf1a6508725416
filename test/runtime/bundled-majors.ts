/**
 * The majors of the AI SDK in a bundle for another runtime. A plain object replaces the SDK's mock classes, which the
 * bundle does not have.
 */
import type { Major, MockModelOptions, SDK } from "../support/majors.ts";

const SPECIFICATIONS = { v6: ["V3", "v3"], v7: ["V4", "v4"] } as const;

export function bundledMajor(name: keyof typeof SPECIFICATIONS, ai: object): Major {
  const [specification, specificationVersion] = SPECIFICATIONS[name];
  // The exports that the majors share, as in test/support/majors.ts.
  const sdk = ai as SDK & { isStepCount?: SDK["stepCountIs"] };
  return {
    name,
    ai: sdk,
    specification,
    mockModel: (options: MockModelOptions) => ({ specificationVersion, supportedUrls: {}, ...options }),
    mockProvider: () => {
      throw new Error("no mock provider here");
    },
    telemetryOptions: ({ functionId }) => ({
      [name === "v7" ? "telemetry" : "experimental_telemetry"]: { functionId },
    }),
    outputOptions: (output) => ({ output }),
    stepCount: sdk.isStepCount ?? sdk.stepCountIs,
  };
}

/**
 * The doctor as an option of Node, over programs on the real SDKs. Each program brings one state about: the report at exit
 * has the finding of that state and no other. Sound programs have none.
 *
 * Holds: doctor-finds, doctor-no-content.
 */
import type { FindingId, Report } from "ai-spans/doctor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checks } from "../../src/doctor/checks.ts";
import { majors } from "../support/majors.ts";
import { startBackend, unusedURL } from "./backend.ts";
import { createProject, runProgram, type Project, type RunOptions } from "./examined-program.ts";
import { findingIds, onlyReport, unknowns } from "./finding-ids.ts";

const TIMEOUT_MS = 150_000;
const MARKS = ["PROMPT-7f3a91", "ANSWER-91cd3e"];

let project: Project;
beforeAll(async () => {
  project = await createProject();
});
afterAll(() => project.remove());

/** The report that a program in this state gets at its exit. */
async function reportOf(state: string, major: string, options?: RunOptions): Promise<Report> {
  const run = await runProgram(project, [state, major], options);
  expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 0, stdout: "" });
  for (const mark of MARKS) expect(run.stderr).not.toContain(mark);
  return onlyReport(run.reports);
}

interface State {
  readonly state: string;
  readonly finds: readonly FindingId[];
  /** A part of the first finding's sentence. */
  readonly says?: string;
  /** Default: all. */
  readonly on?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const V7 = ["v7"];
const OLDER = ["v5", "v6"];
const LAMBDA = { AWS_LAMBDA_FUNCTION_NAME: "bookings" };

const states: readonly State[] = [
  { state: "noProvider", finds: ["no-tracer-provider"], says: "1 span had none" },
  { state: "noContextManager", finds: ["no-context-manager"] },
  { state: "synchronousContextManager", finds: ["context-lost-at-await"] },
  { state: "sampledOut", finds: ["all-sampled-out"], says: "dropped each of 1 span" },
  { state: "noProcessor", finds: ["no-exporter"] },
  { state: "noFlush", finds: ["spans-not-flushed"], says: "2 spans ended, and no exporter had sent them" },
  { state: "fullQueue", finds: ["spans-not-flushed"], says: "2 spans ended" },
  { state: "plainBesideWrapped", finds: ["calls-past-wrapper"], says: "1 of 2 calls" },
  { state: "plainStreamBesideWrapped", finds: ["calls-past-wrapper"], says: "1 of 2 calls" },
  { state: "plainAgentBesideWrapped", finds: ["calls-past-wrapper"], says: "1 of 2 calls" },
  { state: "parallelPlainBesideWrapped", finds: ["calls-past-wrapper"], says: "1 of 3 calls" },
  { state: "onlyPlain", finds: ["calls-past-wrapper"], says: "1 of 1 call", on: OLDER },
  { state: "onlyPlain", finds: ["adapter-not-registered"], on: V7 },
  { state: "unregisteredAdapter", finds: ["adapter-not-registered"], says: "1 adapter created", on: V7 },
  { state: "uncalledFactory", finds: ["adapter-not-registered"], on: V7 },
  { state: "callWithIntegrations", finds: ["calls-past-wrapper"], says: "1 of 2 calls", on: V7 },
  { state: "adapterOnOldSDK", finds: ["adapter-without-v7"], on: OLDER },
  { state: "twoProviders", finds: ["two-providers"], says: "2 tracer providers" },
  { state: "wrappedAgainWithProvider", finds: ["two-providers"], says: "2 tracer providers" },
  { state: "twoCopies", finds: ["two-copies"], says: "2 copies" },
  {
    state: "ownTelemetry",
    finds: ["traced-twice", "content-next-door"],
    says: "instrumentation scopes ai",
    on: OLDER,
  },
  { state: "ownTelemetryWithoutContent", finds: ["traced-twice"], on: OLDER },
  { state: "otelIntegration", finds: ["traced-twice", "content-next-door"], says: "OpenTelemetry", on: V7 },
  { state: "endedByOthers", finds: ["ended-by-others"], says: "2 spans" },
  { state: "attributeCount", finds: ["span-limit"], says: "2 spans" },
  { state: "attributeLength", finds: ["span-limit"], says: "2 spans" },
  {
    state: "serverless",
    finds: ["no-flush-on-serverless"],
    says: "on AWS Lambda, 1 run",
    environment: LAMBDA,
  },
];

const sound: readonly State[] = [
  { state: "wrapper", finds: [] },
  { state: "adapter", finds: [], on: V7 },
  { state: "ownProvider", finds: [] },
  { state: "optedOut", finds: [] },
  { state: "twoWrappersOneProvider", finds: [] },
  { state: "serverlessWithFlush", finds: [], environment: LAMBDA },
];

describe.each(majors.map(({ name }) => name))("on %s", (major) => {
  const isOn = ({ on }: State): boolean => on?.includes(major) ?? true;

  test.each(states.filter(isOn).map((row) => [row.state, row] as const))(
    "finds the state of %s, and nothing else",
    async (state, { finds, says = "", environment = {} }) => {
      const report = await reportOf(state, major, { environment });
      expect(findingIds(report)).toEqual(finds);
      expect(report.findings[0]?.found).toContain(says);
    },
    TIMEOUT_MS,
  );

  test.each(sound.filter(isOn).map((row) => [row.state, row] as const))(
    "finds nothing in the sound program %s",
    async (state, { environment = {} }) => {
      const report = await reportOf(state, major, { environment });
      expect(findingIds(report)).toEqual([]);
      expect(unknowns(report)).toEqual({});
      const { started, ended, exported } = report.spans;
      expect({ ended, exported }).toEqual({ ended: started, exported: started });
    },
    TIMEOUT_MS,
  );
});

test(
  "finds a call past the wrapper on the first release of version 5",
  async () => {
    const { reports } = await runProgram(project, ["plainBesideWrapped", "v5", "ai-v5-first"]);
    const report = onlyReport(reports);
    expect(findingIds(report)).toEqual(["calls-past-wrapper"]);
    expect(report.findings[0]?.found).toContain("1 of 2 calls of the AI SDK went past ai-spans (ai 5.0.0)");
  },
  TIMEOUT_MS,
);

describe("an exporter that fails", () => {
  /** @param timeoutMs how long the exporter waits and repeats; default: OpenTelemetry's 10 seconds */
  const otlp = (url: string, timeoutMs?: number): RunOptions => ({
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      ...(timeoutMs !== undefined && { OTEL_EXPORTER_OTLP_TIMEOUT: String(timeoutMs) }),
    },
  });

  test.each([401, 413, 404, 429, 503])(
    "is found by its status %d",
    async (status) => {
      const backend = await startBackend(status);
      const report = await reportOf("otlp", "v7", otlp(backend.url));
      await backend.close();
      expect(findingIds(report)).toEqual(["export-failing"]);
      expect(report.findings[0]?.found).toContain(String(status));
      expect(report.spans).toMatchObject({ ended: 2, exported: 0, failed: 2, waiting: 0 });
    },
    TIMEOUT_MS,
  );

  test(
    "is found where nothing listens",
    async () => {
      const report = await reportOf("otlp", "v7", otlp(await unusedURL(), 3_000));
      expect(findingIds(report)).toEqual(["export-failing"]);
      expect(report.findings[0]?.found).toContain("ECONNREFUSED");
      expect(report.spans.failed).toBe(2);
    },
    TIMEOUT_MS,
  );

  test(
    "is found where the backend does not answer in time",
    async () => {
      const backend = await startBackend(undefined);
      const report = await reportOf("otlp", "v7", otlp(backend.url, 500));
      await backend.close();
      expect(findingIds(report)).toEqual(["export-failing"]);
      expect(report.findings[0]?.details.failures).toEqual(["timeout (2)"]);
    },
    TIMEOUT_MS,
  );

  test(
    "is found where it still repeats its request at the exit",
    async () => {
      const report = await reportOf("exitDuringExport", "v7", {
        ...otlp(await unusedURL(), 60_000),
        onChild: async (child) => {
          await child.messaged;
          child.send("exit");
        },
      });
      expect(findingIds(report)).toEqual(["export-failing", "spans-not-flushed"]);
      expect(report.findings[1]?.found).toContain("1 export had begun");
      expect(report.findings[0]?.found).toContain("ECONNREFUSED (1)");
    },
    TIMEOUT_MS,
  );

  test(
    "is not found where metrics cannot be sent",
    async () => {
      const report = await reportOf("failingMetrics", "v7", otlp(await unusedURL(), 500));
      expect(findingIds(report)).toEqual(["spans-not-flushed"]);
    },
    TIMEOUT_MS,
  );

  test(
    "is not found where the backend takes the spans",
    async () => {
      const backend = await startBackend(200);
      const report = await reportOf("otlp", "v7", otlp(backend.url));
      await backend.close();
      expect(findingIds(report)).toEqual([]);
      expect(report.spans).toMatchObject({ ended: 2, exported: 2, failed: 0, waiting: 0 });
    },
    TIMEOUT_MS,
  );
});

test(
  "finds a run that is open for longer than the idle deadline, on a signal that ends nothing",
  async () => {
    const run = await runProgram(project, ["hanging", "v7"], {
      onChild: async (child) => {
        await child.messaged;
        child.kill("SIGUSR2");
        await child.reported(1);
        child.send("exit");
      },
    });
    expect(run.code).toBe(0);
    const [running, exit] = run.reports;
    expect(running && [running.moment, findingIds(running)]).toEqual(["running", ["past-idle-deadline"]]);
    expect(exit && [exit.moment, findingIds(exit)]).toEqual(["exit", ["past-idle-deadline"]]);
  },
  TIMEOUT_MS,
);

test("has a program for each check; that for another API is in test/runtime/api-copies", () => {
  const tested = new Set<FindingId>(states.flatMap(({ finds }) => finds));
  const untested = checks.map(({ id }) => id).filter((id) => !tested.has(id));
  expect(untested).toEqual(["provider-of-another-api", "export-failing", "past-idle-deadline"]);
});

// The two parts of the suite. `npm test` answers while one works: each promise at least once, on the newest major of the
// AI SDK. `npm run test:all` is the rest. vitest.config.ts, for `npx vitest`, has both.

/** They take longest, are about all majors at once, or build, install and start something. */
const restOnly: readonly string[] = [
  "test/{copies,faults,fuzz,minors,types}/**",
  "test/adapter/{coexistence,fuzz,idle,parents,transparency}.test.ts",
  "test/canary/{programs.adapter,programs.v5,programs.v6,programs.unsampled,random}.test.ts",
  "test/conformance/parallel.test.ts",
  "test/console/{closed-pipe,conventions,demo,hostile-texts,waiting}.test.ts",
  "test/direct-tools/in-the-sdk.test.ts",
  "test/doctor/{preload,states}.test.ts",
  "test/exits/{callbacks,odd-signals,process-exit,stream-object}.test.ts",
  "test/mcp/server.test.ts",
  "test/metrics/programs.test.ts",
  "test/operate/scale.test.ts",
  "test/package/{exports,published-files,sbom,snippets}.test.ts",
  "test/propagation/{batches,examples,grpc,hostile,http,workers}.test.ts",
  "test/readers/turn.test.ts",
  "test/serverless/{freezing,hibernation,portions,responses,stopping}.test.ts",
  "test/surroundings/processes.test.ts",
  "test/transparency/{faults,programs.*}.test.ts",
  "test/transparency/known-differences/parameters.test.ts",
  "test/transparency/agents/{overrides,settings}.test.ts",
  "test/transparency/streams/{patched-platform,taken-streams,transforms}.test.ts",
  "test/transparency/views/fixed-objects.test.ts",
  "test/view/transparency.test.ts",
  "test/wire/{bad-data,conversations,cut-short-counts,framing,server-tools}.test.ts",
  "test/**/*.memory.test.ts",
];

/** Folders of tests that run once for each major. */
const byMajor: readonly string[] = [
  "test/{conformance,direct-tools,doctor,exits,metrics,surroundings,transparency,wire}/**/*.test.ts",
  "test/console/runs.test.ts",
  "test/readers/turn.test.ts",
  "test/serverless/end-open-runs.test.ts",
];

/** Of these folders, what is about the newest major alone. */
const newestOnly: readonly string[] = [
  "test/conformance/tool-callers.test.ts",
  "test/exits/{single-reader,stream-retries}.test.ts",
];

/** What vitest.config.ts leaves to other configurations. */
const elsewhere: readonly string[] = [
  "**/node_modules/**",
  "test/{alias,backends,frameworks,install,neighbors,providers,runtime}/**",
  "test/**/*.broker.test.ts",
];

interface Part {
  readonly name: string;
  readonly include: string[];
  readonly exclude: string[];
  /** The majors of the SDK that it runs on. Default: all. */
  readonly majors?: string;
  readonly isMemory?: true;
}

const memory = "test/**/*.memory.test.ts";

export const quick: readonly Part[] = [
  {
    name: "quick",
    include: ["test/**/*.test.ts", "examples/testing/*.test.ts"],
    exclude: [...elsewhere, ...restOnly],
    majors: "v7",
  },
];

export const rest: readonly Part[] = [
  {
    name: "majors",
    include: [...byMajor],
    exclude: [...elsewhere, ...restOnly, ...newestOnly],
    majors: "v5,v6",
  },
  {
    name: "long",
    include: restOnly.filter((pattern) => pattern !== memory).map(filesOf),
    exclude: [...elsewhere, memory],
  },
  { name: "memory", include: [memory], exclude: [...elsewhere], isMemory: true },
];

function filesOf(pattern: string): string {
  return pattern.endsWith("/**") ? `${pattern}/*.test.ts` : pattern;
}

/** A project of vitest for each part. */
export function projectsOf(parts: readonly Part[]): object[] {
  return parts.map(({ name, include, exclude, majors, isMemory }) => ({
    extends: true,
    test: {
      name,
      include,
      exclude,
      ...(majors && { env: { TESTED_MAJORS: majors } }),
      ...(isMemory && { execArgv: ["--expose-gc"], testTimeout: 60_000 }),
    },
  }));
}

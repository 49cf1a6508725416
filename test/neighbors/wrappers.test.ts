/**
 * Neighbors with their own client instead of OpenTelemetry. They wrap the SDK or the model, read the telemetry of AI
 * SDK 7, or patch the SDK while it is loaded.
 */
import { describe, expect, test } from "vitest";
import { contentOf, type Content } from "./apm.ts";
import { outline, type NeighborEffects, type OutlinedSpan } from "./beside.ts";
import { CONTENT, expectAsInControl, integration, runWithControl, waysOf } from "./integrations.ts";
import type { ReceivedRequest } from "./receiver.ts";
import type { Major, Neighbor, ProgramWay, Run } from "./run-beside.ts";

/** Reads the spans that the neighbor sent, in the form of its service. */
type Sent = (requests: readonly ReceivedRequest[]) => Promise<OutlinedSpan[]>;

interface LangSmithRun {
  readonly id: string;
  readonly name?: string;
  readonly run_type?: string;
  readonly parent_run_id?: string;
  readonly end_time?: number | string;
}

/** LangSmith sends a run at its start and at its end, as the parts `post.ID` and `patch.ID` of a form. */
const langSmith: Sent = async (requests) => {
  const runs = new Map<string, LangSmithRun>();
  for (const { path, headers, body } of requests) {
    if (path !== "/runs/multipart") continue;
    const type = { "content-type": headers["content-type"] ?? "" };
    for (const [key, part] of await new Response(new Uint8Array(body), { headers: type }).formData()) {
      if (!/^(post|patch)\.[^.]+$/.test(key)) continue;
      const run = JSON.parse(typeof part === "string" ? part : await part.text()) as LangSmithRun;
      runs.set(run.id, { ...runs.get(run.id), ...run });
    }
  }
  return Array.from(runs.values(), ({ id, name, run_type, parent_run_id, end_time }) => ({
    id,
    parentId: parent_run_id,
    text: `${run_type} ${name}${end_time === undefined ? " OPEN" : ""}`,
  }));
};

interface BraintrustRow {
  readonly span_id: string;
  readonly span_parents?: readonly string[];
  readonly span_attributes?: { readonly name?: string; readonly type?: string };
  readonly metrics?: { readonly end?: number; readonly prompt_tokens?: number };
}

/** Later rows of a span complete the earlier ones. */
const braintrust: Sent = async (requests) => {
  const rows = new Map<string, BraintrustRow>();
  for (const { path, body } of requests) {
    if (path !== "/logs3") continue;
    for (const row of (JSON.parse(body.toString()) as { readonly rows: readonly BraintrustRow[] }).rows) {
      const { metrics, span_attributes, ...known } = rows.get(row.span_id) ?? {};
      rows.set(row.span_id, {
        ...known,
        ...row,
        metrics: { ...metrics, ...row.metrics },
        span_attributes: { ...span_attributes, ...row.span_attributes },
      });
    }
  }
  return Array.from(rows.values(), ({ span_id, span_parents = [], span_attributes = {}, metrics = {} }) => ({
    id: span_id,
    parentId: span_parents[0],
    text: `${span_attributes.type} ${span_attributes.name}${metrics.end === undefined ? " OPEN" : ""}`,
  }));
};

interface PostHogEvent {
  readonly uuid: string;
  readonly event: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

const postHog: Sent = async (requests) =>
  requests
    .filter(({ path }) => path === "/batch/")
    .flatMap(({ body }) => (JSON.parse(body.toString()) as { readonly batch: readonly PostHogEvent[] }).batch)
    .map(({ uuid, event, properties }) => ({
      id: uuid,
      text: `${event} ${String(properties["$ai_input_tokens"])} ${String(properties["$ai_output_tokens"])}`,
    }));

const login = (path: string, url: string): object | undefined => {
  if (path === "/api/apikey/login")
    return { org_info: [{ id: "1", name: "rooms", api_url: url, proxy_url: url }] };
  if (path === "/api/project/register") return { project: { id: "1", name: "bookings" } };
  return undefined;
};

interface Case {
  readonly title: string;
  readonly name: string;
  readonly majors: readonly Major[];
  readonly sent: Sent;
  readonly more?: Partial<Neighbor>;
  /** The neighbor wraps the SDK, so either wrapper may be the outer one. The default is `false`. */
  readonly wrapsSdk?: boolean;
  /** The content that the neighbor sends. The default is what the SDK passes on. */
  readonly content?: (major: Major) => readonly Content[];
  /** The default is no effect. */
  readonly effects?: (major: Major, way: ProgramWay) => NeighborEffects;
}

/** A wrapper gets all parameters of a call, and records even unknown ones. */
const withParameters = (): readonly Content[] => [...CONTENT, "runtime context"];

const cases: readonly Case[] = [
  {
    title: "LangSmith, wrapAISDK",
    name: "langsmith wrapper",
    majors: ["v6", "v7"],
    sent: langSmith,
    wrapsSdk: true,
    // It awaits the content of each result that it gets. As the outer wrapper it reads the result of ai-spans.
    effects: (_major, way) => ({ readsResults: way !== "outer wrapper" }),
    content: withParameters,
  },
  { title: "LangSmith, LangSmithTelemetry", name: "langsmith telemetry", majors: ["v7"], sent: langSmith },
  {
    title: "Braintrust, wrapAISDK",
    name: "braintrust wrapper",
    majors: ["v6", "v7"],
    sent: braintrust,
    more: { answer: login },
    wrapsSdk: true,
    effects: (major, way) => ({ readsResults: way !== "outer wrapper" || major === "v7" }),
    content: withParameters,
  },
  {
    title: "Braintrust, braintrustAISDKTelemetry",
    name: "braintrust telemetry",
    majors: ["v7"],
    sent: braintrust,
    more: { answer: login },
  },
  {
    title: "Braintrust, --import braintrust/hook.mjs",
    name: "braintrust hook",
    majors: ["v6", "v7"],
    sent: braintrust,
    more: { answer: login, args: ["--import", "braintrust/hook.mjs"] },
    // On v6 it wraps the SDK's functions, and on v7 it reads the SDK's telemetry.
    content: (major) => (major === "v6" ? withParameters() : CONTENT),
  },
  { title: "PostHog, withTracing", name: "posthog model", majors: ["v6"], sent: postHog },
];

describe.each(cases)("$title", ({ name, majors, sent, more, wrapsSdk = false, effects, content }) => {
  const sentOutline = async ({ requests }: Run): Promise<string> => outline(await sent(requests));

  test.each(majors)("behaves as in the control, AI SDK %s", async (major) => {
    const outer: ProgramWay[] = wrapsSdk ? ["outer wrapper"] : [];
    const ways = [...outer, ...waysOf(major)];
    const { control, runs } = await runWithControl(integration(name, major, more), major, ways);
    expect(contentOf(control)).toEqual(content?.(major) ?? CONTENT);
    for (const [way, run] of runs) {
      const ours = way === "outer wrapper" ? "wrapper" : way;
      expectAsInControl(run, control, ours, effects?.(major, way) ?? {});
      expect(await sentOutline(run), way).toBe(await sentOutline(control));
    }
  });
});

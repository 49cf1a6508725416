/**
 * A real Prometheus that scrapes the targets of a test and evaluates the rules of operate/, and what it answers.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startServer } from "../propagation/brokers/server-process.ts";

export const RULES = fileURLToPath(new URL("../../operate/prometheus-rules.yml", import.meta.url));

export interface Target {
  /** The label `job`: the name of the service. */
  readonly job: string;
  readonly port: number;
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Rule {
  readonly type: "recording" | "alerting";
  readonly name: string;
  readonly query: string;
}

export interface Prometheus {
  /** @param time in seconds; default: now */
  query(expression: string, time?: number): Promise<Sample[]>;
  rules(): Promise<Rule[]>;
  /** What pends or fires. */
  alerts(): Promise<Readonly<Record<string, string>>[]>;
  stop(): Promise<void>;
}

interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

export async function startPrometheus(targets: readonly Target[]): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), "ai-spans-prometheus-"));
  const removeFolder = async (): Promise<void> => rm(folder, { recursive: true, force: true });
  const config = join(folder, "prometheus.json");
  // JSON is YAML too.
  const settings = {
    global: { scrape_interval: "200ms", scrape_timeout: "200ms", evaluation_interval: "200ms" },
    rule_files: [RULES],
    scrape_configs: targets.map(({ job, port }) => ({
      job_name: job,
      static_configs: [{ targets: [`127.0.0.1:${port}`] }],
    })),
  };
  await writeFile(config, JSON.stringify(settings));
  const { readyLine, stop } = await startServer({
    command: "prometheus",
    arguments: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      "--web.listen-address=127.0.0.1:0",
    ],
    ready: /address=127\.0\.0\.1:([1-9]\d*)[^]*Server is ready to receive web requests/,
  }).catch(async (error: unknown) => {
    await removeFolder();
    throw error;
  });

  async function get<T>(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<T> {
    const query = new URLSearchParams(parameters);
    const response = await fetch(`http://127.0.0.1:${readyLine[1]}/api/v1/${path}?${query}`);
    // The API's own envelope; what the caller reads of it is compared in full.
    const body = (await response.json()) as { readonly data: T; readonly error?: string };
    if (!response.ok) throw new Error(`${path} ${JSON.stringify(parameters)}: ${body.error}`);
    return body.data;
  }

  return {
    async query(expression, time) {
      const parameters = { query: expression, ...(time === undefined ? {} : { time: String(time) }) };
      const { result } = await get<{ readonly result: readonly Result[] }>("query", parameters);
      return result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
    },
    async rules() {
      const { groups } = await get<{ readonly groups: readonly { readonly rules: readonly Rule[] }[] }>(
        "rules",
      );
      return groups.flatMap(({ rules }) => rules);
    },
    async alerts() {
      const { alerts } = await get<{
        readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[];
      }>("alerts");
      return alerts.map(({ labels }) => labels);
    },
    async stop() {
      await stop();
      await removeFolder();
    },
  };
}

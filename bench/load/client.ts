/**
 * The clients of the load, in a process of their own. It keeps a number of runs open, checks each answer, and measures
 * when its first byte and its last byte come.
 */
import { get, type IncomingMessage } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { answerRequests } from "./messages.ts";
import { ANSWER, scenarioOf, type Scenario } from "./scenarios.ts";

export interface LoadSettings {
  readonly port: number;
  /** The number of the first run. */
  readonly from: number;
  readonly runs: number;
  readonly open: number;
  /** How long an answer takes. The first runs start within this time. */
  readonly durationMs: number;
}

export interface LoadResult {
  readonly elapsedMs: number;
  readonly mostOpen: number;
  readonly runs: Readonly<Record<string, number>>;
  readonly failures: Readonly<Record<string, number>>;
  /** Milliseconds, of all runs with an answer. */
  readonly firstByteMs: readonly number[];
  /** Milliseconds, of the answers that were read to their end without pauses. */
  readonly wholeMs: readonly number[];
}

/** A slow reader pauses this share of an answer's time after each chunk. */
const PAUSE = 0.1;

class Load {
  readonly #settings: LoadSettings;
  readonly #runs: Record<string, number> = {};
  readonly #failures: Record<string, number> = {};
  readonly #firstByteMs: number[] = [];
  readonly #wholeMs: number[] = [];
  #next = 0;
  #open = 0;
  #mostOpen = 0;

  constructor(settings: LoadSettings) {
    this.#settings = settings;
  }

  async run(): Promise<LoadResult> {
    const { open, durationMs } = this.#settings;
    const startMs = performance.now();
    const slots = Array.from({ length: open }, async (_, slot) => {
      await wait((slot / open) * durationMs);
      while (this.#next < this.#settings.runs) await this.#runNext();
    });
    await Promise.all(slots);
    return {
      elapsedMs: performance.now() - startMs,
      mostOpen: this.#mostOpen,
      runs: this.#runs,
      failures: this.#failures,
      firstByteMs: this.#firstByteMs,
      wholeMs: this.#wholeMs,
    };
  }

  async #runNext(): Promise<void> {
    const run = this.#settings.from + this.#next++;
    const scenario = scenarioOf(run);
    this.#runs[scenario.name] = (this.#runs[scenario.name] ?? 0) + 1;
    this.#open += 1;
    this.#mostOpen = Math.max(this.#mostOpen, this.#open);
    try {
      await this.#read(scenario, run);
    } catch (error) {
      const reason = `${scenario.name}: ${error instanceof Error ? error.message : typeof error}`;
      this.#failures[reason] = (this.#failures[reason] ?? 0) + 1;
    }
    this.#open -= 1;
  }

  async #read(scenario: Scenario, run: number): Promise<void> {
    const startMs = performance.now();
    const url = `http://127.0.0.1:${this.#settings.port}/${encodeURIComponent(scenario.name)}/${run}`;
    const response = await respond(url);
    const expectedStatus = scenario.isDropped ? 202 : 200;
    if (response.statusCode !== expectedStatus) throw new Error(`status ${response.statusCode}`);
    const leavesMs = scenario.reading === "leaves" ? this.#settings.durationMs / 3 : Infinity;
    let text = "";
    for await (const chunk of response.setEncoding("utf8")) {
      if (text === "") this.#firstByteMs.push(performance.now() - startMs);
      text += chunk;
      if (scenario.reading === "slowly") await wait(this.#settings.durationMs * PAUSE);
      // Leaving the loop closes the connection.
      if (performance.now() - startMs > leavesMs) break;
    }
    if (scenario.isDropped) return;
    if (scenario.reading === "leaves" ? !ANSWER.startsWith(text) : text !== ANSWER)
      throw new Error(`${text.length} characters that are not the answer`);
    if (scenario.reading === "to-end") this.#wholeMs.push(performance.now() - startMs);
  }
}

/** Every run has a connection of its own, so a server that stops gets no further request. */
function respond(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, resolve).once("error", reject);
  });
}

answerRequests({ load: async (settings: LoadSettings) => new Load(settings).run() });

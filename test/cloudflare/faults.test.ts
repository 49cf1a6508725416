/**
 * The runtime's tracing throws, at any one place. The application does not notice it, and all native spans that were
 * started are ended.
 *
 * Holds: native-spans.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { wrapAISDK } from "ai-spans/cloudflare";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Agent } from "../serverless/agent.ts";
import { majors } from "../support/majors.ts";
import { collectRejections } from "../support/rejections.ts";
import { setupTelemetry, type Telemetry } from "../support/telemetry.ts";

const FAILURE = "a failure of the runtime";

/** The place that throws: a method of `tracing`, before or after its callback, or of a native span. */
type Place =
  | "none"
  | `${"enterSpan" | "startActiveSpan" | "withActiveSpan"} ${"before" | "after" | "twice"}`
  | "startSpan"
  | "getActiveSpan"
  | "isTraced"
  | "spanContext"
  | "setAttribute"
  | "setStatus"
  | "end"
  | "waitUntil"
  | "snapshot";

class Fault {
  readonly place: Place;
  count = 0;

  constructor(place: Place) {
    this.place = place;
  }

  at(place: Place): void {
    if (this.place !== place) return;
    this.count += 1;
    throw new Error(FAILURE);
  }
}

/** Imitates the runtime's spans. `build` is the newest method that the runtime offers. */
class FakeRuntime {
  readonly names: string[] = [];
  readonly open = new Set<number>();
  readonly lifetimes: Promise<unknown>[] = [];
  readonly #fault: Fault;
  readonly #active = new AsyncLocalStorage<object>();

  constructor(fault: Fault) {
    this.#fault = fault;
  }

  tracing(build: "enterSpan" | "startActiveSpan" | "withActiveSpan"): object {
    const enterSpan = (name: string, work: (span: object) => unknown): unknown => this.#enter(name, work);
    if (build === "enterSpan") return { enterSpan };
    const startActiveSpan = (name: string, work: (span: object) => unknown): unknown => {
      this.#fault.at("startActiveSpan before");
      const span = this.#start(name, true);
      const result = this.#active.run(span, () => work(span));
      if (this.#fault.place === "startActiveSpan twice") work(span);
      this.#fault.at("startActiveSpan after");
      return result;
    };
    if (build === "startActiveSpan") return { enterSpan, startActiveSpan };
    return {
      startSpan: (name: string) => {
        this.#fault.at("startSpan");
        return this.#start(name, true);
      },
      getActiveSpan: () => {
        this.#fault.at("getActiveSpan");
        return this.#active.getStore();
      },
      withActiveSpan: (span: object, work: () => unknown): unknown => {
        this.#fault.at("withActiveSpan before");
        const result = this.#active.run(span, work);
        if (this.#fault.place === "withActiveSpan twice") work();
        this.#fault.at("withActiveSpan after");
        return result;
      },
    };
  }

  module(name: string): object | undefined {
    if (name === "cloudflare:workers") {
      return {
        waitUntil: (lifetime: Promise<unknown>) => {
          this.lifetimes.push(lifetime);
          this.#fault.at("waitUntil");
        },
      };
    }
    const snapshot = (): unknown => {
      this.#fault.at("snapshot");
      return AsyncLocalStorage.snapshot();
    };
    return name === "node:async_hooks" ? { AsyncLocalStorage: { snapshot } } : undefined;
  }

  #enter(name: string, work: (span: object) => unknown): unknown {
    this.#fault.at("enterSpan before");
    const id = this.names.length;
    const span = this.#start(name, false);
    const result = this.#active.run(span, () => work(span));
    if (this.#fault.place === "enterSpan twice") work(span);
    void Promise.resolve(result).then(() => this.open.delete(id));
    this.#fault.at("enterSpan after");
    return result;
  }

  #start(name: string, canEnd: boolean): object {
    const id = this.names.push(name) - 1;
    this.open.add(id);
    const fault = this.#fault;
    const { open } = this;
    return {
      get isTraced() {
        fault.at("isTraced");
        return true;
      },
      spanContext: () => {
        fault.at("spanContext");
        return { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: `${id + 1}`.padStart(16, "0") };
      },
      setAttribute: () => fault.at("setAttribute"),
      setStatus: () => fault.at("setStatus"),
      ...(canEnd && {
        end: () => {
          open.delete(id);
          fault.at("end");
        },
      }),
    };
  }
}

let telemetry: Telemetry;
beforeEach(() => {
  telemetry = setupTelemetry();
});
afterEach(() => {
  vi.restoreAllMocks();
});

const PLACES: Readonly<Record<"enterSpan" | "startActiveSpan" | "withActiveSpan", readonly Place[]>> = {
  enterSpan: ["none", "enterSpan before", "enterSpan after", "enterSpan twice", "snapshot"],
  startActiveSpan: [
    "none",
    "startActiveSpan before",
    "startActiveSpan after",
    "startActiveSpan twice",
    "snapshot",
    "end",
    "waitUntil",
  ],
  withActiveSpan: [
    "none",
    "startSpan",
    "getActiveSpan",
    "withActiveSpan before",
    "withActiveSpan after",
    "withActiveSpan twice",
    "isTraced",
    "spanContext",
    "setAttribute",
    "setStatus",
    "end",
    "waitUntil",
  ],
};

const CASES = Object.entries(PLACES).flatMap(([build, places]) =>
  // The keys of `PLACES` are the builds.
  places.map((place) => [build as keyof typeof PLACES, place] as const),
);
/** Without these there is no span. */
const STARTS = new Set<Place>(["enterSpan before", "startActiveSpan before", "startSpan", "isTraced"]);

describe.each(CASES)("a build with %s that fails at: %s", (build, place) => {
  let runtime: FakeRuntime;
  let fault: Fault;
  beforeEach(() => {
    // Each place is reported once per process, so another test may have caused its report.
    fault = new Fault(place);
    runtime = new FakeRuntime(fault);
    vi.spyOn(process, "getBuiltinModule").mockImplementation((name: string) => runtime.module(name));
  });

  test.each(majors)("does not disturb the application on AI SDK $name", async (major) => {
    const agent = new Agent(major, wrapAISDK(major.ai, { tracing: runtime.tracing(build) }));
    let tools = 0;
    const rejections = await collectRejections(async () => {
      expect(await agent.loop(() => ({ rooms: (tools += 1) }))).toBe("two rooms");
      expect(await agent.stream().text()).toBe("a room in Paris");
      await expect(agent.fail()).rejects.toThrow("refused");
    });
    expect(tools).toBe(1);
    expect(rejections).toEqual([]);
    if (!STARTS.has(place)) {
      expect(runtime.names.filter((name) => name.startsWith("invoke_agent"))).toHaveLength(3);
      expect(runtime.names.filter((name) => name.startsWith("chat"))).toHaveLength(4);
      expect([...runtime.open]).toEqual([]);
    }
    // Resolves only if no span that has ended, or whose end threw, still keeps the invocation alive.
    await Promise.all(runtime.lifetimes);
    expect(telemetry.diagnostics.join()).not.toContain(FAILURE);
    if (!["none", "setStatus"].includes(place) && !place.endsWith("twice")) {
      expect(fault.count).toBeGreaterThan(0);
    }
  });
});

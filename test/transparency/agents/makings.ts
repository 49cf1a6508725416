/**
 * Runs a program with one agent class, bare and traced in each possible way, and compares what the program observes.
 */
import { wrapAgent, wrapAISDK } from "ai-spans";
import { expect } from "vitest";
import { callsTool, says } from "../../conformance/script.ts";
import type { Program } from "../../harness/program.ts";
import { agentClassOf, type Agent, type AgentClass } from "../../support/agents.ts";
import type { CallParameters, Major, SDK } from "../../support/majors.ts";
import { collectRejections } from "../../support/rejections.ts";
import { scriptedModel, type ScriptedStep } from "../../support/scripted-model.ts";
import { setupTelemetry, type Telemetry } from "../../support/telemetry.ts";
import { rest } from "../../support/gate.ts";
import { toolOf } from "../../support/tools.ts";
import { shapeOf } from "../views/operations.ts";

export interface AgentWithSettings extends Agent {
  /** The SDK's types hide this property. */
  settings: CallParameters;
}

export type ClassWithSettings = new (settings: CallParameters) => AgentWithSettings;

/** Reads a member of the program's class, bound to its owner. */
export function memberOf(owner: object, name: string): unknown {
  const member: unknown = Reflect.get(owner, name, owner);
  return typeof member === "function" ? (member.bind(owner) as unknown) : member;
}

/** Creates the program's class, for the base class that it extends. */
export type ClassOf = (base: ClassWithSettings, log: Log) => ClassWithSettings;
export type Log = (what: unknown) => void;

interface Made {
  readonly agentClass: ClassWithSettings;
  readonly agent: AgentWithSettings;
}

type Make = (
  major: Major,
  classOf: (base: ClassWithSettings) => ClassWithSettings,
  settings: CallParameters,
) => Made;

function loosened(agentClass: AgentClass): ClassWithSettings {
  return agentClass as unknown as ClassWithSettings;
}

const makeBare: Make = (major, classOf, settings) => {
  const agentClass = classOf(loosened(agentClassOf(major.ai)));
  return { agentClass, agent: new agentClass(settings) };
};

export const MAKINGS: Readonly<Record<string, Make>> = {
  "wrapAgent around an instance": (major, classOf, settings) => {
    const { agent, agentClass } = makeBare(major, classOf, settings);
    return { agent: wrapAgent(agent), agentClass };
  },
  "a subclass of the wrapped class": (major, classOf, settings) => {
    const agentClass = classOf(loosened(agentClassOf(wrapAISDK(major.ai))));
    return { agentClass, agent: new agentClass(settings) };
  },
  "a class of a namespace that is wrapped": (major, classOf, settings) => {
    const own = classOf(loosened(agentClassOf(major.ai)));
    const sdk = wrapAISDK({ ToolLoopAgent: own, Experimental_Agent: own }) as unknown as SDK;
    const agentClass = loosened(agentClassOf(sdk));
    return { agentClass, agent: new agentClass(settings) };
  },
};

/** The largest number of runs in a program. Each run has two steps. */
const MOST_RUNS = 4;

export interface AgentStage extends Made {
  readonly log: Log;
  readonly major: Major;
  /** Called inside the tool and inside the model, if set. */
  inTool: (() => unknown) | undefined;
  inModel: (() => unknown) | undefined;
}

export interface AgentProgram extends Program<AgentStage, Promise<unknown>> {
  readonly classOf?: ClassOf;
  /** Default: two steps for each run. */
  readonly steps?: readonly ScriptedStep[];
  readonly prepare?: (settings: CallParameters) => CallParameters;
}

export const plainClass: ClassOf = (Base) => class Plain extends Base {};

const loop: readonly ScriptedStep[] = Array.from({ length: MOST_RUNS }, () => [
  callsTool("searchRooms", "call-1"),
  says("two"),
]).flat();

export function promptOf(more: CallParameters = {}): CallParameters {
  return { prompt: "a room", ...more };
}

/**
 * The shape of an agent without its two accessors. A wrapped agent has them until a returned value of its method is
 * collected.
 */
function shapeOfAgent(agent: AgentWithSettings): unknown {
  const methods = new Set(["generate", "stream"]);
  const own = Object.getOwnPropertyDescriptors(agent);
  const kept = Object.entries(own).filter(([key, { get }]) => !get || !methods.has(key));
  return shapeOf(Object.create(Object.getPrototypeOf(agent) as object, Object.fromEntries(kept)) as object);
}

async function play(major: Major, program: AgentProgram, make: Make): Promise<unknown[]> {
  const entries: unknown[] = [];
  const log: Log = (what) => void entries.push(what);
  const stage = { log, major } as { -readonly [Key in keyof AgentStage]: AgentStage[Key] };
  const { model, calls } = scriptedModel(
    major,
    (program.steps ?? loop).map((step) => ({ ...step, onCall: () => stage.inModel?.() })),
  );
  const searchRooms = toolOf(major.ai, async () => {
    await stage.inTool?.();
    return 2;
  });
  const input = { model, tools: { searchRooms }, stopWhen: major.stepCount(5), maxRetries: 0 };
  const settings = program.prepare?.(input) ?? input;
  const classOf = program.classOf ?? plainClass;
  Object.assign(
    stage,
    make(major, (base) => classOf(base, log), settings),
  );
  const held = stage.agent.settings;
  const before = [shapeOfAgent(stage.agent), shapeOf(held)];
  const rejections = await collectRejections(async () => {
    try {
      await program.run(stage);
    } catch (error) {
      log(`fails with ${String(error)}`);
    }
    await rest();
  });
  log(rejections.map(String));
  log(`model calls: ${calls.length}`);
  // The agent and its settings must have their original properties again, whatever replaced them during the calls.
  const isReassigned = stage.agent.settings !== held;
  if (!isReassigned) expect([shapeOfAgent(stage.agent), shapeOf(held)]).toEqual(before);
  return entries;
}

/** Runs the program on the bare class and on a traced one, and expects the program to observe the same. */
export async function compareAgents(
  major: Major,
  program: AgentProgram,
  making: string,
  contextManager = true,
): Promise<Telemetry> {
  setupTelemetry({ contextManager });
  const bare = await play(major, program, makeBare);
  const telemetry = setupTelemetry({ contextManager });
  expect(await play(major, program, MAKINGS[making]!)).toEqual(bare);
  return telemetry;
}

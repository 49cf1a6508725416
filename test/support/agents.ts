/**
 * The agents of each major behind one loose type: `Experimental_Agent` in v5, `ToolLoopAgent` in v6 and v7.
 */
import type { CallParameters, GenerateResult, SDK, StreamResult } from "./majors.ts";

export interface Agent {
  generate(parameters: CallParameters): Promise<GenerateResult>;
  /** v5 returns the result at once, not as a promise. */
  stream(parameters: CallParameters): StreamResult | Promise<StreamResult>;
  readonly tools: unknown;
  readonly id?: string;
  /** Only v5 has it. */
  respond(parameters: CallParameters): Response;
}

export type AgentClass = new (settings: CallParameters) => Agent;

interface Agents {
  readonly Experimental_Agent: AgentClass;
  readonly ToolLoopAgent?: AgentClass;
  readonly createAgentUIStream: (parameters: CallParameters) => Promise<AsyncIterable<unknown>>;
  readonly createAgentUIStreamResponse: (parameters: CallParameters) => Promise<Response>;
  readonly pipeAgentUIStreamToResponse: (parameters: CallParameters) => Promise<void>;
}

/** The exports for agents. A major may lack some of them. */
export function agentsOf(sdk: SDK): Agents {
  return sdk as unknown as Agents;
}

export function agentClassOf(sdk: SDK): AgentClass {
  const { ToolLoopAgent, Experimental_Agent } = agentsOf(sdk);
  return ToolLoopAgent ?? Experimental_Agent;
}

const FOREIGN = /^ai-spans: an agent of a class that is not the SDK's/;

/** Removes the warning about an agent of a class that is not the SDK's, because it comes once per process. */
export function otherThanForeign(reports: readonly string[]): string[] {
  return reports.filter((report) => !FOREIGN.test(report));
}

/**
 * The agents of a major behind one loosened type: `Experimental_Agent` in v5, `ToolLoopAgent` in v6 and v7.
 */
import type { CallParameters, GenerateResult, SDK, StreamResult } from "./majors.ts";

export interface Agent {
  generate(parameters: CallParameters): Promise<GenerateResult>;
  /** v5 gives the result at once. */
  stream(parameters: CallParameters): StreamResult | Promise<StreamResult>;
  readonly tools: unknown;
  readonly id?: string;
  /** v5 only. */
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

/** What the majors export for agents, some of it not in all. */
export function agentsOf(sdk: SDK): Agents {
  return sdk as unknown as Agents;
}

export function agentClassOf(sdk: SDK): AgentClass {
  const { ToolLoopAgent, Experimental_Agent } = agentsOf(sdk);
  return ToolLoopAgent ?? Experimental_Agent;
}

const FOREIGN = /^ai-spans: an agent of a class that is not the SDK's/;

/** Without the warning about agents of another make, which comes once in a process. */
export function otherThanForeign(reports: readonly string[]): string[] {
  return reports.filter((report) => !FOREIGN.test(report));
}

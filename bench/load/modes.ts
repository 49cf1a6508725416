/**
 * The three programs that the load compares.
 *
 * - `bare`: the chat server alone.
 * - `context`: the same with a context manager, and each request in a context of its own. Its price is Node's.
 * - `traced`: the same with ai-spans, a batch processor, OTLP over HTTP and a meter provider.
 */
export const MODES = ["bare", "context", "traced"] as const;

export type Mode = (typeof MODES)[number];

/** What a chat server is started with. */
export interface ServerSettings {
  readonly mode: Mode;
  readonly modelUrl: string;
  readonly receiverUrl: string;
  /** The queue of the batch processor, in spans. */
  readonly queueSize: number;
  /** How long the exporter tries to send a batch. */
  readonly exportTimeoutMs: number;
}

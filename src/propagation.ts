/**
 * Carries one trace across requests, queues, jobs, schedules, sockets, processes and RPC. Uses the propagation of the
 * OpenTelemetry API, and needs `@opentelemetry/core` beside it. See docs/guide/boundaries.md.
 *
 * @module
 */
export { carriers } from "./carriers/pairs.ts";
export { carrierFor, carriersIn } from "./carriers/recognize.ts";
export type { BoundCarrier, CarrierPair } from "./carriers/carrier.ts";
export {
  createBaggageSpanProcessor,
  type BaggageSpanProcessor,
  type BaggageSpanProcessorOptions,
} from "./propagation/baggage-processor.ts";
export { displayName } from "./propagation/display-name.ts";
export { withLinkedTrace, type LinkedTraceOptions } from "./propagation/linked-trace.ts";
export { forwardOrigin } from "./propagation/forward-origin.ts";
export { withProducerSpan, type ProducerOptions } from "./propagation/producer.ts";
export {
  injectContext,
  withRemoteContext,
  type PropagationOptions,
  type RemoteContextOptions,
} from "./propagation/remote-context.ts";
export { wrapRpcClass } from "./propagation/rpc-class.ts";
export { wrapDurableObjectNamespace, wrapStub, type TracedReceiverOptions } from "./propagation/rpc-stub.ts";
export type { TraceMode } from "./propagation/trace-mode.ts";

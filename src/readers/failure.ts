/**
 * Reads the outcome of an error or of an aborted signal. Reads class names and status codes, never a message.
 */
import { ERROR_TYPE_OTHER } from "../semconv/attributes.ts";
import { ABORTED, failedWith, TIMED_OUT } from "../semconv/outcome.ts";
import type { Outcome } from "../semconv/records.ts";
import { asRecord, isRecord, isString } from "../foundation/structure.ts";

const ERROR_TYPE_PATTERN = /^[A-Za-z0-9_.:-]{1,64}$/;

/**
 * The SDK marks errors of some classes with these symbols (`ai-sdk-error.ts` of the provider package). All copies of
 * the SDK share the symbols. So a mark proves the class even for an error of another copy, where `instanceof` fails.
 */
const API_CALL_ERROR = Symbol.for("vercel.ai.error.AI_APICallError");
const GATEWAY_ERROR = Symbol.for("vercel.ai.gateway.error");

/** @returns the outcome of an aborted signal; `undefined` for a signal that is not aborted, or cannot be read */
export function readAbort(signal: AbortSignal | undefined): Outcome | undefined {
  try {
    return signal?.aborted === true ? readReason(signal) : undefined;
  } catch {
    // The signal is a revoked Proxy, which throws at every read. Such a signal cannot stop any work.
    return undefined;
  }
}

/** Replaces a signal that cannot be read. Nobody knows whether such a signal has fired. */
export const UNREADABLE_SIGNAL = Object.freeze({}) as AbortSignal;

/** @param aborted an aborted signal, or an event that reports an abort */
export function readReason(aborted: { readonly reason?: unknown }): Outcome {
  try {
    return asRecord(aborted.reason)?.name === "TimeoutError" ? TIMED_OUT : ABORTED;
  } catch {
    // The getters of the reason throw. The work was aborted in any case.
    return ABORTED;
  }
}

/**
 * Reads the outcome of a rejection, a thrown value or an `error` part of a stream. Call it only if no signal of the run
 * has fired. Then the work aborted itself, for example a request with its private timeout. So an `AbortError` counts as
 * an error.
 */
export function readFailure(error: unknown): Outcome {
  return readOutcome(error, failedWith("AbortError"));
}

/**
 * Reads the outcome of a failure when nobody knows whether a signal of the run has fired. An `AbortError` counts as an
 * abort, because most of them come from a signal.
 */
export function readUnsignaledFailure(error: unknown): Outcome {
  return readOutcome(error, ABORTED);
}

function readOutcome(error: unknown, abortError: Outcome): Outcome {
  try {
    return outcomeOf(rootError(error), abortError);
  } catch {
    // The getters of the error throw. The span must end in any case.
    return failedWith(ERROR_TYPE_OTHER);
  }
}

/** Unwraps an error. A retry error holds the error of the last attempt. v7 wraps the data of an `error` part. */
function rootError(error: unknown): unknown {
  const record = asRecord(error);
  if (record?.name === "AI_RetryError") return record.lastError ?? error;
  return record?.name === "AI_StreamProviderError" ? (record.data ?? error) : error;
}

function outcomeOf(error: unknown, abortError: Outcome): Outcome {
  if (!isRecord(error)) return failedWith(ERROR_TYPE_OTHER);
  const { name, statusCode, constructor } = error;
  // The SDK recognizes an abort by the same name (provider-utils `isAbortError`). The error of `AbortSignal.timeout`
  // has the name `TimeoutError`.
  if (name === "AbortError") return abortError;
  // Next.js throws this error when the client has left.
  if (name === "ResponseAborted") return ABORTED;
  if (name === "TimeoutError") return TIMED_OUT;
  const className = asRecord(constructor)?.name;
  // Errors in a provider's stream are often plain objects: they have no class, and some have a status.
  const isPlain = className === "Object" || className === undefined;
  const hasStatus = isPlain || API_CALL_ERROR in error || GATEWAY_ERROR in error;
  // An answer that broke off is an API call error with status 200. That status does not describe the failure, so it is
  // not read.
  if (hasStatus && typeof statusCode === "number" && /^[45]\d\d$/.test(`${statusCode}`))
    return failedWith(`${statusCode}`);
  // Error classes of programs often inherit the name "Error". Then the constructor's name is the class name.
  const type = isString(name) && name !== "Error" ? name : className;
  return failedWith(!isPlain && isString(type) && ERROR_TYPE_PATTERN.test(type) ? type : ERROR_TYPE_OTHER);
}

/**
 * Reads the outcome of an error or of an aborted signal. Reads class names and status codes, never a message.
 */
import { ERROR_TYPE_OTHER } from "../semconv/attributes.ts";
import { ABORTED, failedWith, TIMED_OUT } from "../semconv/outcome.ts";
import type { Outcome } from "../semconv/records.ts";
import { asRecord, isRecord, isString } from "../foundation/structure.ts";

const ERROR_TYPE_PATTERN = /^[A-Za-z0-9_.:-]{1,64}$/;

/**
 * Subclasses of `AISDKError` mark their instances with these symbols (`ai-sdk-error.ts` of the provider package). All
 * copies of the SDK share the symbols, so a mark also proves the class of another copy.
 */
const API_CALL_ERROR = Symbol.for("vercel.ai.error.AI_APICallError");
const GATEWAY_ERROR = Symbol.for("vercel.ai.gateway.error");

/** @returns the outcome of an aborted signal; `undefined` for a signal that is not aborted, or cannot be read */
export function readAbort(signal: AbortSignal | undefined): Outcome | undefined {
  try {
    return signal?.aborted === true ? readReason(signal) : undefined;
  } catch {
    // A signal behind a revoked Proxy cannot stop any work.
    return undefined;
  }
}

/** Replaces a signal that cannot be read, because nobody knows whether it has fired. */
export const UNREADABLE_SIGNAL = Object.freeze({}) as AbortSignal;

/** @param aborted an aborted signal, or an event that reports an abort */
export function readReason(aborted: { readonly reason?: unknown }): Outcome {
  try {
    return asRecord(aborted.reason)?.name === "TimeoutError" ? TIMED_OUT : ABORTED;
  } catch {
    // The getters of the reason throw. The abort has stopped the work anyway.
    return ABORTED;
  }
}

/**
 * Reads the outcome of a rejection, a thrown value or an in-band `error` part. The caller knows that no signal of the
 * run has fired. So an `AbortError` is an error: the work aborted itself, for example a request with its private
 * timeout.
 */
export function readFailure(error: unknown): Outcome {
  return readOutcome(error, failedWith("AbortError"));
}

/**
 * Reads the outcome of a failure when the signals of the run are unknown. An `AbortError` is then an abort, because
 * most come from a signal.
 */
export function readUnsignaledFailure(error: unknown): Outcome {
  return readOutcome(error, ABORTED);
}

function readOutcome(error: unknown, abortError: Outcome): Outcome {
  try {
    return outcomeOf(rootError(error), abortError);
  } catch {
    // The getters of the error throw. The span must end anyway.
    return failedWith(ERROR_TYPE_OTHER);
  }
}

/** Unwraps an error. A retry error holds the last attempt's error. v7 wraps the payload of an in-band error. */
function rootError(error: unknown): unknown {
  const record = asRecord(error);
  if (record?.name === "AI_RetryError") return record.lastError ?? error;
  return record?.name === "AI_StreamProviderError" ? (record.data ?? error) : error;
}

function outcomeOf(error: unknown, abortError: Outcome): Outcome {
  if (!isRecord(error)) return failedWith(ERROR_TYPE_OTHER);
  const { name, statusCode, constructor } = error;
  // The SDK compares this name, too (provider-utils `isAbortError`). `AbortSignal.timeout` has another name.
  if (name === "AbortError") return abortError;
  // Next.js throws this error when the client has left.
  if (name === "ResponseAborted") return ABORTED;
  if (name === "TimeoutError") return TIMED_OUT;
  const className = asRecord(constructor)?.name;
  // In-band errors of providers are often plain objects: they have no class, and some have a status.
  const isPlain = className === "Object" || className === undefined;
  const hasStatus = isPlain || API_CALL_ERROR in error || GATEWAY_ERROR in error;
  // An interrupted answer is an API call error with status 200, which is no status of a failure.
  if (hasStatus && typeof statusCode === "number" && /^[45]\d\d$/.test(`${statusCode}`))
    return failedWith(`${statusCode}`);
  // Classes of programs often inherit the name "Error". The constructor has the class name then.
  const type = isString(name) && name !== "Error" ? name : className;
  return failedWith(!isPlain && isString(type) && ERROR_TYPE_PATTERN.test(type) ? type : ERROR_TYPE_OTHER);
}

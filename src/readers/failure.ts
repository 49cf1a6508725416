/**
 * What an error or an aborted signal means for a span. Reads class names and status codes, never a message.
 */
import { ERROR_TYPE_OTHER } from "../semconv/attributes.ts";
import { ABORTED, failedWith, TIMED_OUT } from "../semconv/outcome.ts";
import type { Outcome } from "../semconv/records.ts";
import { asRecord, isRecord, isString } from "../foundation/structure.ts";

const ERROR_TYPE_PATTERN = /^[A-Za-z0-9_.:-]{1,64}$/;

/** `AISDKError` subclasses of every copy of the SDK mark their instances so (provider, `ai-sdk-error.ts`). */
const API_CALL_ERROR = Symbol.for("vercel.ai.error.AI_APICallError");
const GATEWAY_ERROR = Symbol.for("vercel.ai.gateway.error");

/** The outcome of an aborted signal; `undefined` while it is not aborted, or cannot be asked. */
export function readAbort(signal: AbortSignal | undefined): Outcome | undefined {
  try {
    return signal?.aborted === true ? readReason(signal) : undefined;
  } catch {
    // A signal behind a revoked Proxy has fired for nobody.
    return undefined;
  }
}

/** In place of a signal that cannot be read: whether it has fired is not known. */
export const UNREADABLE_SIGNAL = Object.freeze({}) as AbortSignal;

/** @param aborted a signal, or an event that tells of an abort */
export function readReason(aborted: { readonly reason?: unknown }): Outcome {
  try {
    return asRecord(aborted.reason)?.name === "TimeoutError" ? TIMED_OUT : ABORTED;
  } catch {
    // A reason whose getters throw has stopped the work all the same.
    return ABORTED;
  }
}

/**
 * The outcome of a rejection, a thrown value or an in-band `error` part, where no signal of the run has fired. An
 * `AbortError` is an error then: the work has aborted itself, for example a request that has a timeout of its own.
 */
export function readFailure(error: unknown): Outcome {
  return readOutcome(error, failedWith("AbortError"));
}

/** The same where the signals of the run are not known. An `AbortError` is an abort then: most come from a signal. */
export function readUnsignaledFailure(error: unknown): Outcome {
  return readOutcome(error, ABORTED);
}

function readOutcome(error: unknown, abortError: Outcome): Outcome {
  try {
    return outcomeOf(rootError(error), abortError);
  } catch {
    // An error whose getters throw has failed all the same: its span must end.
    return failedWith(ERROR_TYPE_OTHER);
  }
}

/** A retry error stands for the last attempt's error; v7 wraps the payload of an in-band error. */
function rootError(error: unknown): unknown {
  const record = asRecord(error);
  if (record?.name === "AI_RetryError") return record.lastError ?? error;
  return record?.name === "AI_StreamProviderError" ? (record.data ?? error) : error;
}

function outcomeOf(error: unknown, abortError: Outcome): Outcome {
  if (!isRecord(error)) return failedWith(ERROR_TYPE_OTHER);
  const { name, statusCode, constructor } = error;
  // The SDK's own test (provider-utils `isAbortError`); the runtime's AbortSignal.timeout has a name of its own.
  if (name === "AbortError") return abortError;
  // Next.js throws it when the client has left.
  if (name === "ResponseAborted") return ABORTED;
  if (name === "TimeoutError") return TIMED_OUT;
  const className = asRecord(constructor)?.name;
  // In-band errors of providers are often plain objects: they have no class, some have a status.
  const isPlain = className === "Object" || className === undefined;
  const hasStatus = isPlain || API_CALL_ERROR in error || GATEWAY_ERROR in error;
  // An answer that broke off is an API call error with status 200: no status of a failure.
  if (hasStatus && typeof statusCode === "number" && /^[45]\d\d$/.test(`${statusCode}`))
    return failedWith(`${statusCode}`);
  // Own classes often keep the inherited name "Error": then the constructor knows better.
  const type = isString(name) && name !== "Error" ? name : className;
  return failedWith(!isPlain && isString(type) && ERROR_TYPE_PATTERN.test(type) ? type : ERROR_TYPE_OTHER);
}

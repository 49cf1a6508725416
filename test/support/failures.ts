/**
 * Errors of scripted providers, of the major's classes.
 */
import type { Major } from "./majors.ts";

export interface ApiCallFailure {
  readonly status?: number;
  readonly retryable?: boolean;
}

/** A provider's HTTP error. A retryable one asks for a retry at once, so that no test waits. */
export function apiCallError(major: Major, { status, retryable = false }: ApiCallFailure): Error {
  return new major.ai.APICallError({
    message: "the provider refused",
    url: "https://provider.test/v1",
    requestBodyValues: {},
    ...(status === undefined ? {} : { statusCode: status }),
    ...(retryable ? { responseHeaders: { "retry-after-ms": "0" } } : {}),
    isRetryable: retryable,
  });
}

/** The error that the SDK throws after its last retry. */
export function retryError(major: Major, errors: readonly Error[]): Error {
  return new major.ai.RetryError({
    message: "failed after some attempts",
    reason: "maxRetriesExceeded",
    errors: [...errors],
  });
}

/** An error class of an application. */
export class RoomServiceError extends Error {
  override readonly name = "RoomServiceError";
}

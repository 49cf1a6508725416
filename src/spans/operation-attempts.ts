/**
 * The attempts of an operation without an agent, such as `embedMany`: chunks, parallel calls and their retries. They
 * open no spans. The operation's span records the sum of their responses.
 */
import type { Context } from "@opentelemetry/api";
import type { ModelNames, ModelRequest, ModelResponse } from "../semconv/records.ts";
import { addResponse } from "../semconv/span-attributes.ts";
import { changedModel, type OpenSpan } from "./open-span.ts";

/** The operation that the attempts belong to. */
export interface AttemptingOperation extends OpenSpan {
  readonly callContext: Context;
}

/** One attempt of a provider's call. */
export interface OperationAttempt {
  /** A context in which the operation's span is active. */
  readonly context: Context;
  readonly response: ModelResponse;
  succeed(): void;
  onReported?(model: ModelNames | undefined): void;
  /** Called when the attempt failed. The SDK may repeat it. The end of the operation records the error. */
  fail(): void;
}

export class OperationAttempts {
  readonly #operation: AttemptingOperation;
  #answered = 0;
  /**
   * The number of failed attempts that were not repeated yet. The next attempt counts as the repetition of one of them.
   */
  #failed = 0;

  constructor(operation: AttemptingOperation) {
    this.#operation = operation;
  }

  start({ model, readModel }: ModelRequest): OperationAttempt {
    const { provider, requestModel } = model;
    const { callContext: context, response: total } = this.#operation;
    // If the caller passed a model's id, the SDK has found the model only after the start of the span.
    this.#operation.update({ provider, requestModel });
    if (this.#failed > 0) {
      this.#failed -= 1;
      total.retryCount = (total.retryCount ?? 0) + 1;
    }
    const response: ModelResponse = {};
    return {
      context,
      response,
      succeed: () => {
        const { responseId, responseModel, dimensionCount } = response;
        const changed = changedModel(model, readModel);
        if (changed) this.#operation.onFailover(changed);
        addResponse(total, response);
        this.#answered += 1;
        if (this.#answered > 1) total.callCount = this.#answered;
        // If there are several responses, the operation has no single response id.
        total.responseId = this.#answered > 1 ? undefined : responseId;
        // Media models must return a model name, and most packages return the requested name. So that name proves
        // nothing.
        if (responseModel !== (changed ?? model).requestModel)
          total.responseModel = responseModel ?? total.responseModel;
        total.dimensionCount = dimensionCount ?? total.dimensionCount;
      },
      fail: () => {
        this.#failed += 1;
      },
    };
  }
}

/**
 * The provider calls behind a span that stands for all of an operation's: chunks, parallel calls and their retries. They
 * open no span; what they are answered goes into the operation's.
 */
import type { Context } from "@opentelemetry/api";
import type { ModelNames, ModelRequest, ModelResponse } from "../semconv/records.ts";
import { addResponse } from "../semconv/span-attributes.ts";
import { changedModel, type OpenSpan } from "./open-span.ts";

/** The operation that the calls belong to. */
export interface CallingOperation extends OpenSpan {
  readonly callContext: Context;
}

/** One of them. */
export interface ProviderCall {
  /** The operation's span is active in it. */
  readonly context: Context;
  readonly response: ModelResponse;
  succeed(): void;
  onReported?(model: ModelNames | undefined): void;
  /** It may be tried again; the operation's own end says why it failed. */
  fail(): void;
}

export class ProviderCalls {
  readonly #operation: CallingOperation;
  #answered = 0;
  /** Calls that failed and were not repeated yet: whatever is called next repeats one. */
  #failed = 0;

  constructor(operation: CallingOperation) {
    this.#operation = operation;
  }

  start({ model, readModel }: ModelRequest): ProviderCall {
    const { provider, requestModel } = model;
    const { callContext: context, response: total } = this.#operation;
    // Of a model given by its id no more was known when the span started.
    this.#operation.learn({ provider, requestModel });
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
        // Of several answers none's id is the operation's.
        total.responseId = this.#answered > 1 ? undefined : responseId;
        // Packages of media models have to name one, and name the model that was asked for.
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

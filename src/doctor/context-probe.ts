/**
 * Tests whether the OpenTelemetry context works. Enters a context with a test value, and reads the value before and
 * after an `await`.
 */
import { context, createContextKey } from "@opentelemetry/api";
import { contain, passError } from "../foundation/containment.ts";

export interface ContextFacts {
  /** Whether a context becomes active when it is entered; `undefined` before the first probe. */
  readonly isEntered: boolean | undefined;
  /** Whether the context is still active after an `await`; `undefined` before the first probe has ended. */
  readonly survivesAwait: boolean | undefined;
}

export class ContextProbe implements ContextFacts {
  isEntered: boolean | undefined;
  survivesAwait: boolean | undefined;
  readonly #key = createContextKey("ai-spans doctor");

  /** Resolves when both facts are known. Never rejects. */
  async run(): Promise<void> {
    await contain("doctor: context", () => this.#probe().catch(passFailure))?.catch(ignore);
  }

  #probe(): Promise<void> {
    const isActive = (): boolean => context.active().getValue(this.#key) === this;
    return context.with(context.active().setValue(this.#key, this), async () => {
      this.isEntered = isActive();
      await Promise.resolve();
      this.survivesAwait = isActive();
    });
  }
}

const passFailure = passError("doctor: context", { onError: () => {} });

function ignore(): void {}

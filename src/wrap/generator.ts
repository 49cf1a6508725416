/**
 * Observes async generators that an agent's method or a tool returns. A generator's body runs only during the calls of
 * its methods, such as `next`. So each of these calls (a step) runs in the span's context. The span ends with the last
 * step.
 */
import type { Context } from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";
import { asRecord, isAsyncIterable, isFunction, type UnknownFunction } from "../foundation/structure.ts";
import { enter, observeResult, type WorkObserver } from "../spans/traced-work.ts";
import { LEFT_BY_CONSUMER, OK } from "../semconv/outcome.ts";
import type { Outcome } from "../semconv/records.ts";

/** What a generator belongs to: the run of an agent's method, or the execution of a tool. */
export interface GeneratorOwner extends Pick<WorkObserver, "onError"> {
  readonly context: Context;
  /** Called when the reader calls `next`, `return` or `throw`. */
  onGeneratorStep(): void;
  /** Called when a step returned a value and more values may follow. */
  onGeneratorValue?(): void;
  end(outcome: Outcome): void;
}

const STEPS = ["next", "return", "throw"] as const;

/** Runs a step and returns its result. */
export type StepCaller = (work: () => unknown) => unknown;

/** @returns `false` for a value that is no generator, or is not extensible */
export function observeGenerator(value: unknown, run: GeneratorOwner, callStep: StepCaller): boolean {
  const generator = asRecord(value);
  if (!generator || !isAsyncIterable(value) || !isFunction(generator.next)) return false;
  const replaced: string[] = [];
  const restore = (): void => {
    for (const name of replaced.splice(0)) Reflect.deleteProperty(generator, name);
  };
  for (const name of STEPS) {
    const method = generator[name];
    if (!isFunction(method) || Object.hasOwn(generator, name)) continue;
    const step = tracedStep(generator, method, run, callStep, {
      onError(error) {
        restore();
        run.onError(error);
      },
      onValue(result) {
        if (asRecord(result)?.done !== true) return run.onGeneratorValue?.();
        restore();
        run.end(name === "return" ? LEFT_BY_CONSUMER : OK);
      },
    });
    const isSet = Reflect.defineProperty(generator, name, {
      configurable: true,
      writable: true,
      value: step,
    });
    if (isSet) replaced.push(name);
  }
  return replaced.length > 0;
}

function tracedStep(
  generator: object,
  method: UnknownFunction,
  run: GeneratorOwner,
  callStep: StepCaller,
  observer: WorkObserver,
): UnknownFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    const work = (): unknown => Reflect.apply(method, this, args);
    if (this !== generator) return work();
    contain("generator", () => run.onGeneratorStep());
    const result = enter(run.context, () => callStep(work), observer);
    return observeResult(result, observer, false);
  };
}

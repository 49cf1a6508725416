/**
 * A tracer provider that decides at the first traced call where spans go. `ai-spans/register` runs before the program, and
 * the program may register its SDK until then: an SDK that we registered earlier would make that registration fail.
 */
import { trace, type Tracer, type TracerProvider } from "@opentelemetry/api";
import { contain } from "../foundation/containment.ts";
import { hasTracerProvider } from "../spans/registration.ts";

/**
 * @param setUp is called once, at the first span, if no tracer provider is registered then
 * @param onDecided is called once, at the first span, after `setUp`
 */
export function deferredProvider(setUp: () => void, onDecided: () => void): TracerProvider {
  let isDecided = false;
  const decide = (): void => {
    if (isDecided) return;
    isDecided = true;
    if (!hasTracerProvider()) contain("set-up of the SDK", setUp);
    contain("set-up of the SDK", onDecided);
  };
  return {
    getTracer: (...scope) => {
      const tracer = (): Tracer => {
        decide();
        return trace.getTracerProvider().getTracer(...scope);
      };
      return {
        startSpan: (...span) => tracer().startSpan(...span),
        startActiveSpan: (...span: never[]) => Reflect.apply(tracer().startActiveSpan, tracer(), span),
      };
    },
  };
}

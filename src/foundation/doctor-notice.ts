/**
 * Notifies the doctor (`ai-spans/doctor`) of what happens here. The doctor puts a function on `globalThis`, which every
 * copy of ai-spans calls. That function contains its own failures. Where there is no doctor, a notice costs the read of
 * one property.
 */
import { isFunction } from "./structure.ts";

/** The same symbol in every copy. A notice whose shape changes needs a new number. */
export const DOCTOR_KEY: unique symbol = Symbol.for("ai-spans.doctor.v1");

/**
 * - `wrap`: `wrapAISDK` got this module; then its tracing
 * - `adapter`: an adapter was created; then its tracing
 * - `call`: a function of the wrapped SDK is called, with this name (an agent's method has none); then its tracing
 * - `start`: a span was started; then its tracing, its operation, and its parent's context
 * - `end`: the span's work is over; then its tracing, and whether other code had ended the span before
 */
export type DoctorNotice = readonly [
  kind: "wrap" | "adapter" | "call" | "start" | "end",
  ...facts: unknown[],
];

/** Takes every notice. Never throws. */
export type DoctorObserver = (...notice: DoctorNotice) => void;

// A view of the one property that is ours.
const host = globalThis as { [DOCTOR_KEY]?: unknown };

/** @returns the doctor's function; `undefined` where no doctor is loaded */
export function doctor(): DoctorObserver | undefined {
  const observer = host[DOCTOR_KEY];
  return isFunction(observer) ? observer : undefined;
}

/**
 * Notifies the doctor (`ai-spans/doctor`) of wraps, calls and spans. The doctor puts a function on `globalThis`, and
 * every copy of ai-spans calls it. That function contains its failures. Without a doctor, a notice costs the read of
 * one property.
 */
import { isFunction } from "./structure.ts";

/**
 * The same symbol in every copy. A change of a notice's shape needs a new number, because copies of other versions use
 * the symbol too.
 */
export const DOCTOR_KEY: unique symbol = Symbol.for("ai-spans.doctor.v1");

/**
 * The facts of a notice, by its kind and in this order:
 * - `wrap`: the module that `wrapAISDK` received; its tracing
 * - `adapter`: the created adapter; its tracing
 * - `call`: the name of the called SDK function (`undefined` for a method of an agent); its tracing
 * - `start`: the started span; its tracing; its operation; the context of its parent
 * - `end`: the span whose work has ended; its tracing; whether other code had already ended the span
 */
export type DoctorNotice = readonly [
  kind: "wrap" | "adapter" | "call" | "start" | "end",
  ...facts: unknown[],
];

/** Receives every notice. Never throws. */
export type DoctorObserver = (...notice: DoctorNotice) => void;

// `globalThis`, typed with only the property that is ours.
const host = globalThis as { [DOCTOR_KEY]?: unknown };

/** @returns the doctor's function; `undefined` where no doctor is loaded */
export function doctor(): DoctorObserver | undefined {
  const observer = host[DOCTOR_KEY];
  return isFunction(observer) ? observer : undefined;
}

/**
 * Numbers and times as short texts.
 */
const whole = new Intl.NumberFormat("en-US");

export function formatCount(count: number | undefined): string {
  return count === undefined ? "" : whole.format(count);
}

/** A count, and what of it is of a special kind: `1,731 (1,536)`. A part of 0 is left out. */
export function formatPart(count: number | undefined, part: number | undefined, kind = ""): string {
  return part === undefined || part === 0
    ? formatCount(count)
    : `${formatCount(count)} (${formatCount(part)}${kind})`;
}

/** @param milliseconds `undefined` gives an empty text */
export function formatDuration(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return "";
  if (milliseconds < 1) return `${milliseconds.toFixed(2)} ms`;
  if (milliseconds < 1_000) return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(2)} s`;
  const seconds = Math.round(milliseconds / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A time of a scale, as short as its step allows: `0`, `500 ms`, `1.5 s`. */
export function formatScale(milliseconds: number, step: number): string {
  if (milliseconds === 0) return "0";
  const [unit, size] = step < 200 && milliseconds < 1_000 ? ["ms", 1] : ["s", 1_000];
  return `${Number((milliseconds / size).toPrecision(6))} ${unit}`;
}

/** The time of day, in 24 hours. */
export function formatTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Writes numbers and times as short texts. */
const whole = new Intl.NumberFormat("en-US");

export function formatCount(count: number | undefined): string {
  return count === undefined ? "" : whole.format(count);
}

/** A count, with the part of it that is of a special kind in parentheses: `1,731 (1,536)`. A part of 0 is left out. */
export function formatPart(count: number | undefined, part: number | undefined, kind = ""): string {
  return part === undefined || part === 0
    ? formatCount(count)
    : `${formatCount(count)} (${formatCount(part)}${kind})`;
}

/** @param milliseconds for `undefined` the text is empty */
export function formatDuration(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return "";
  if (milliseconds < 1) return `${milliseconds.toFixed(2)} ms`;
  if (milliseconds < 1_000) return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(2)} s`;
  const seconds = Math.round(milliseconds / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A time on the scale of the timeline, as short as the step allows: `0`, `500 ms`, `1.5 s`. */
export function formatScale(milliseconds: number, step: number): string {
  if (milliseconds === 0) return "0";
  const [unit, size] = step < 200 && milliseconds < 1_000 ? ["ms", 1] : ["s", 1_000];
  return `${Number((milliseconds / size).toPrecision(6))} ${unit}`;
}

/** The local time of day, with 24 hours. */
export function formatTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

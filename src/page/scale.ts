/** Draws the scale above a timeline: times at round steps, with a vertical line at each. */
import { element } from "./dom.ts";
import { formatScale } from "./formats.ts";

/** The most steps of the scale. */
const MOST_STEPS = 5;

/**
 * @param box the times are put into it
 * @param list gets the distance of the lines, as a custom property of its style
 * @param length of the timeline, in milliseconds
 */
export function drawScale(box: HTMLElement, list: HTMLElement, length: number): void {
  const step = stepOf(length);
  const percent = (100 * step) / Math.max(length, step);
  const times = Array.from({ length: Math.floor(length / step) + 1 }, (_, at) => {
    const time = element("span", "time", formatScale(at * step, step));
    time.style.left = `${at * percent}%`;
    // A time near the right edge would be cut, so it gets a class for the style sheet.
    time.classList.toggle("is-last", at > 0 && at * percent > 90);
    return time;
  });
  box.replaceChildren(...times);
  list.style.setProperty("--step", `${percent}%`);
}

/** The smallest step that is 1, 2 or 5 times a power of ten and leaves at most `MOST_STEPS` steps. */
function stepOf(length: number): number {
  const least = Math.max(length, 0.001) / MOST_STEPS;
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5].find((factor) => factor * power >= least) ?? 10) * power;
}

/**
 * Plays what trials are compared with, once for each program: the program on the bare SDK, and the trial without a
 * fault.
 */
import { expect } from "vitest";
import { collectUntil } from "../support/collection.ts";
import type { LoadedPackage } from "./faulty-globals.ts";
import { findingsOf, type Expected } from "./findings.ts";
import { playBare, runTrial, type Outcome, type Trial } from "./trial.ts";

export class Trials {
  readonly #loaded: LoadedPackage;
  readonly #expected = new Map<string, Promise<Expected>>();

  constructor(loaded: LoadedPackage) {
    this.#loaded = loaded;
  }

  /** @returns one line for each difference that the fault may not cause */
  async run(trial: Trial): Promise<readonly string[]> {
    const { outcome, expected } = await this.compare(trial);
    return findingsOf(outcome, expected, trial);
  }

  async compare(trial: Trial): Promise<{ readonly outcome: Outcome; readonly expected: Expected }> {
    const expected = await this.#expectedOf(trial);
    return { expected, outcome: await runTrial(trial, this.#loaded, collectUntil) };
  }

  #expectedOf(trial: Trial): Promise<Expected> {
    const { program, major, entry, isMetered } = trial;
    const key = [program.title, major.name, entry, isMetered].join();
    const known = this.#expected.get(key) ?? this.#play({ ...trial, faults: [], isSampled: true });
    this.#expected.set(key, known);
    return known;
  }

  async #play(trial: Trial): Promise<Expected> {
    const { program, major } = trial;
    const log = await playBare(program, major);
    const sound = await runTrial(trial, this.#loaded, collectUntil);
    expect(findingsOf(sound, { log, sound }, trial), `${program.title}, where nothing throws`).toEqual([]);
    return { log, sound };
  }
}

/**
 * The ways to trace one program: by the wrapper on each major, and by the adapter on v7.
 */
import { majors, type Major } from "./majors.ts";

export type Entry = "wrapper" | "adapter";

export interface Way {
  /** Used in titles: `the wrapper on v5`. */
  readonly title: string;
  readonly major: Major;
  readonly entry: Entry;
}

export function wayOf(entry: Entry, major: Major): Way {
  return { title: `the ${entry} on ${major.name}`, major, entry };
}

export const WRAPPERS: readonly Way[] = majors.map((major) => wayOf("wrapper", major));

export const ADAPTERS: readonly Way[] = majors
  .filter(({ name }) => name === "v7")
  .map((major) => wayOf("adapter", major));

export const WAYS: readonly Way[] = [...WRAPPERS, ...ADAPTERS];

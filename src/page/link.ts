/** Reads and writes the part of the page's state that is in its link, behind `#`: run, span and filters. */
import { FILTER_NAMES, type Filters } from "./filters.ts";

export interface LinkedState {
  /** Trace id and span id of a run. */
  readonly run?: string | undefined;
  /** The id of a span in the run's trace. */
  readonly span?: string | undefined;
  readonly filters: Filters;
}

export function readLink(hash: string): LinkedState {
  const values = new URLSearchParams(hash.replace(/^#/, ""));
  const filters = FILTER_NAMES.flatMap((name) => {
    const value = values.get(name);
    return value === null ? [] : [[name, value]];
  });
  return {
    run: values.get("run") ?? undefined,
    span: values.get("span") ?? undefined,
    filters: Object.fromEntries(filters),
  };
}

export function linkOf({ run, span, filters }: LinkedState): string {
  const values = new URLSearchParams({
    ...(run !== undefined && { run }),
    ...(span !== undefined && { span }),
    ...filters,
  });
  return `#${values.toString()}`;
}

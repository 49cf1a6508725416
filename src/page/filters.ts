/**
 * The filters of the list of runs: agent, tool, model, outcome and type of error.
 */
import { element } from "./dom.ts";
import { OUTCOME_NAMES } from "./outcome.ts";
import type { RunSummary } from "./run-summary.ts";

/**
 * Per filter, under its name in the link: its label, and the function that reads its values from a run. A run passes if
 * one of these values is the chosen one.
 */
const FILTERS = {
  agent: ["agent", (run: RunSummary) => run.agents],
  tool: ["tool", (run: RunSummary) => run.tools],
  model: ["model", (run: RunSummary) => run.models],
  outcome: ["outcome", (run: RunSummary) => [run.outcome.name]],
  error: ["error type", (run: RunSummary) => run.errorTypes],
} as const;

type FilterName = keyof typeof FILTERS;
// `Object.keys` returns strings, but the keys of this literal are known.
export const FILTER_NAMES = Object.keys(FILTERS) as readonly FilterName[];
export type Filters = Partial<Readonly<Record<FilterName, string>>>;

export function passes(run: RunSummary, filters: Filters): boolean {
  return FILTER_NAMES.every((name) => {
    const wanted = filters[name];
    return wanted === undefined || FILTERS[name][1](run).some((value) => value === wanted);
  });
}

export class FilterForm {
  readonly #selects = new Map<FilterName, HTMLSelectElement>();

  constructor(form: HTMLElement, onChange: (filters: Filters) => void) {
    for (const name of FILTER_NAMES) {
      const select = element("select", "", [element("option", "", "any")]);
      select.name = name;
      select.setAttribute("aria-label", FILTERS[name][0]);
      select.addEventListener("change", () => onChange(this.#chosen()));
      const label = element("label", "", FILTERS[name][0]);
      label.append(select);
      form.append(label);
      this.#selects.set(name, select);
    }
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  focus(): void {
    this.#selects.get("agent")?.focus();
  }

  #chosen(): Filters {
    const chosen: Partial<Record<FilterName, string>> = {};
    for (const [name, { selectedIndex, value }] of this.#selects) if (selectedIndex > 0) chosen[name] = value;
    return chosen;
  }

  /** Offers the values that occur in the runs, and selects the chosen filters. */
  update(runs: readonly RunSummary[], filters: Filters): void {
    for (const [name, select] of this.#selects) {
      const wanted = filters[name];
      const known = new Set(name === "outcome" ? OUTCOME_NAMES : runs.flatMap(FILTERS[name][1]));
      if (wanted !== undefined) known.add(wanted);
      const values = name === "outcome" ? [...known] : [...known].toSorted();
      const offered = Array.from(select.options, ({ value }) => value).slice(1);
      if (offered.length !== values.length || offered.some((value, at) => value !== values[at])) {
        select.replaceChildren(element("option", "", "any"), ...values.map((value) => optionOf(value)));
      }
      select.selectedIndex = wanted === undefined ? 0 : values.indexOf(wanted) + 1;
      select.parentElement?.classList.toggle("is-set", wanted !== undefined);
    }
  }
}

function optionOf(value: string): HTMLOptionElement {
  const option = element("option", "", value.length > 80 ? `${value.slice(0, 80)}…` : value);
  option.value = value;
  return option;
}

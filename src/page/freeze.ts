/**
 * Decides whether new spans change the page. The page freezes while somebody reads: the list is scrolled, a span is
 * chosen, or the button is pressed.
 */
import { byId } from "./dom.ts";

export type FreezeCause = "button" | "scroll" | "span";

export class Freeze {
  readonly #causes = new Set<FreezeCause>();
  readonly #button = byId("freeze");
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
    this.#button.addEventListener("click", () => this.toggle());
  }

  get isFrozen(): boolean {
    return this.#causes.size > 0;
  }

  set(cause: FreezeCause, isSet: boolean): void {
    if (this.#causes.has(cause) === isSet) return;
    if (isSet) this.#causes.add(cause);
    else this.#causes.delete(cause);
    this.#onChange();
  }

  toggle(): void {
    if (this.isFrozen) this.#causes.clear();
    else this.#causes.add("button");
    this.#onChange();
  }

  /** @param waiting how many traces have changed since the page froze */
  draw(waiting: number): void {
    this.#button.setAttribute("aria-pressed", String(this.isFrozen));
    this.#button.textContent = this.isFrozen ? `Frozen (${waiting} changed): show` : "Freeze";
  }
}

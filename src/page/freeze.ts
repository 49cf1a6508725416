/**
 * Decides whether new spans change the page. The page freezes while somebody reads: the list is scrolled, a span is
 * chosen, or the button is pressed.
 */
import { byId } from "./dom.ts";

export type FreezeReason = "button" | "scroll" | "span";

export class Freeze {
  readonly #reasons = new Set<FreezeReason>();
  readonly #button = byId("freeze");
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
    this.#button.addEventListener("click", () => this.toggle());
  }

  get isFrozen(): boolean {
    return this.#reasons.size > 0;
  }

  set(reason: FreezeReason, isSet: boolean): void {
    if (this.#reasons.has(reason) === isSet) return;
    if (isSet) this.#reasons.add(reason);
    else this.#reasons.delete(reason);
    this.#onChange();
  }

  toggle(): void {
    if (this.isFrozen) this.#reasons.clear();
    else this.#reasons.add("button");
    this.#onChange();
  }

  /** @param waiting how many traces have changed since the page froze */
  draw(waiting: number): void {
    this.#button.setAttribute("aria-pressed", String(this.isFrozen));
    this.#button.textContent = this.isFrozen ? `Frozen (${waiting} changed): show` : "Freeze";
  }
}

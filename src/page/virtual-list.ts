/**
 * A list that creates elements only for the rows in sight. So thousands of rows cost no more than one screen of rows.
 * One row can be chosen, also with the arrow keys.
 */
import { element } from "./dom.ts";

/** In pixels. The style sheet must have the same value. */
const ROW_HEIGHT = 24;
/** How many rows above and below the visible ones also have elements. */
const SPARE = 12;

export interface Row {
  readonly id: string;
  /** A heading cannot be chosen. */
  readonly isHeading?: boolean;
}

export interface VirtualListOptions<R extends Row> {
  readonly box: HTMLElement;
  /** Called when a row comes into sight. A row that is the same object keeps its element while it is in sight. */
  readonly render: (row: R) => HTMLElement;
  /** Called when the user has chosen a row. */
  readonly onChoose: (row: R) => void;
  readonly onEnter: () => void;
  readonly onScroll?: (isAtTop: boolean) => void;
}

export class VirtualList<R extends Row> {
  readonly #options: VirtualListOptions<R>;
  readonly #canvas = element("div");
  #rows: readonly R[] = [];
  #chosen: string | undefined;
  #elements = new Map<R, HTMLElement>();

  constructor(options: VirtualListOptions<R>) {
    this.#options = options;
    const { box } = options;
    this.#canvas.setAttribute("role", "presentation");
    box.append(this.#canvas);
    box.addEventListener("scroll", () => {
      this.#draw();
      options.onScroll?.(box.scrollTop < ROW_HEIGHT);
    });
    box.addEventListener("keydown", (event) => this.#onKey(event));
    const onPointer = (event: MouseEvent): void => {
      const id = event.target instanceof Element && event.target.closest<HTMLElement>(".row")?.dataset["id"];
      const row = this.#rows.find((each) => each.id === id);
      if (row && !row.isHeading && event.button === 0) options.onChoose(row);
    };
    // A row may be drawn again while the button is down, and then gets no click. So the list uses `mousedown`. Screen
    // readers send only clicks.
    box.addEventListener("mousedown", onPointer);
    box.addEventListener("click", onPointer);
    new ResizeObserver(() => this.#draw()).observe(box);
  }

  get rows(): readonly R[] {
    return this.#rows;
  }

  /** A row that is the same object as before keeps its element. */
  setRows(rows: readonly R[], chosen: string | undefined): void {
    this.#rows = rows;
    this.#chosen = chosen;
    this.#canvas.style.height = `${rows.length * ROW_HEIGHT}px`;
    this.#draw();
  }

  /** Scrolls only as far as needed to bring the chosen row into sight. */
  reveal(): void {
    const { box } = this.#options;
    const top = this.#indexOfChosen() * ROW_HEIGHT;
    if (top < 0) return;
    if (top < box.scrollTop + ROW_HEIGHT) box.scrollTop = top - ROW_HEIGHT;
    else if (top + 2 * ROW_HEIGHT > box.scrollTop + box.clientHeight) {
      box.scrollTop = top + 2 * ROW_HEIGHT - box.clientHeight;
    }
    this.#draw();
  }

  #indexOfChosen(): number {
    return this.#rows.findIndex(({ id }) => id === this.#chosen);
  }

  #draw(): void {
    const { box, render } = this.#options;
    const first = Math.max(0, Math.floor(box.scrollTop / ROW_HEIGHT) - SPARE);
    const last = Math.ceil((box.scrollTop + box.clientHeight) / ROW_HEIGHT) + SPARE;
    const elements = new Map<R, HTMLElement>();
    box.removeAttribute("aria-activedescendant");
    for (let index = first; index < Math.min(last, this.#rows.length); index++) {
      const row = this.#rows[index];
      if (!row) continue;
      const drawn = this.#elements.get(row) ?? render(row);
      const isChosen = row.id === this.#chosen;
      drawn.dataset["id"] = row.id;
      drawn.id = `${box.id}-${index}`;
      drawn.style.top = `${index * ROW_HEIGHT}px`;
      drawn.classList.toggle("is-chosen", isChosen);
      drawn.setAttribute("role", row.isHeading ? "presentation" : "option");
      drawn.setAttribute("aria-selected", String(isChosen));
      drawn.setAttribute("aria-posinset", String(index + 1));
      drawn.setAttribute("aria-setsize", String(this.#rows.length));
      if (isChosen) box.setAttribute("aria-activedescendant", drawn.id);
      elements.set(row, drawn);
    }
    for (const [row, drawn] of this.#elements) if (!elements.has(row)) drawn.remove();
    let before: Element | null = this.#canvas.firstElementChild;
    for (const drawn of elements.values()) {
      if (drawn === before) before = before.nextElementSibling;
      else this.#canvas.insertBefore(drawn, before);
    }
    this.#elements = elements;
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") {
      event.preventDefault();
      this.#options.onEnter();
      return;
    }
    const page = Math.max(1, Math.floor(this.#options.box.clientHeight / ROW_HEIGHT) - 2);
    const at = this.#indexOfChosen();
    const steps: Readonly<Record<string, readonly [start: number, step: 1 | -1]>> = {
      ArrowDown: [at + 1, 1],
      ArrowUp: [at < 0 ? 0 : at - 1, -1],
      PageDown: [Math.min(at + page, this.#rows.length - 1), -1],
      PageUp: [Math.max(at - page, 0), 1],
      Home: [0, 1],
      End: [this.#rows.length - 1, -1],
    };
    const [start, step] = steps[event.key] ?? [];
    if (start === undefined || step === undefined) return;
    event.preventDefault();
    for (let index = start; index >= 0 && index < this.#rows.length; index += step) {
      const row = this.#rows[index];
      if (!row || row.isHeading) continue;
      this.#options.onChoose(row);
      this.reveal();
      return;
    }
  }
}

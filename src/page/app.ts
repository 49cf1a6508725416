/** The page: holds the chosen run and span, draws them, and handles keys and buttons. */
import type { Hello, Limits, StoredSpan } from "../traces/span-record.ts";
import type { Trace } from "../traces/trace-store.ts";
import { renderDetails } from "./details.ts";
import { byId } from "./dom.ts";
import { FilterForm, passes } from "./filters.ts";
import { Freeze } from "./freeze.ts";
import { linkOf, readLink, type LinkedState } from "./link.ts";
import type { LiveListener } from "./live-events.ts";
import { NO_RUNS, removedText, runTitle, traceFacts } from "./headings.ts";
import { RecordedRuns } from "./recorded-runs.ts";
import { renderRunRow, RunRows, type RunRow } from "./run-list.ts";
import type { RunSummary } from "./run-summary.ts";
import { drawScale } from "./scale.ts";
import { copy, savePage } from "./share.ts";
import { textTree } from "./text-tree.ts";
import { renderSpanRow, SpanRows, type SpanRow } from "./timeline.ts";
import { VirtualList } from "./virtual-list.ts";

/** A trace with open spans is drawn again after this time, in milliseconds. */
const TICK_MS = 400;

function keysDialog(): HTMLDialogElement {
  // The element with this id is a dialog in the page's HTML.
  return byId("keys") as HTMLDialogElement;
}

export class App implements LiveListener {
  readonly #recorded = new RecordedRuns();
  readonly #freeze = new Freeze(() => this.#schedule());
  readonly #runRows = new RunRows();
  readonly #spanRows = new SpanRows();
  readonly #filterForm: FilterForm;
  readonly #runList: VirtualList<RunRow>;
  readonly #spanList: VirtualList<SpanRow>;
  #runs: readonly RunSummary[] = [];
  #state: LinkedState = readLink(location.hash);
  /** The trace in the timeline, and the span whose details are drawn. */
  #drawnTrace: string | undefined;
  #drawnSpan: StoredSpan | undefined;
  #isScheduled = false;
  #tick: ReturnType<typeof setTimeout> | undefined;
  /**
   * When the page lost the connection to the program; for a saved page, the last time in its spans. `undefined` while
   * the page is connected.
   */
  #silentSince: number | undefined;
  #connection = "";

  constructor() {
    this.#filterForm = new FilterForm(byId("filters"), (filters) => this.#go({ ...this.#state, filters }));
    this.#runList = new VirtualList<RunRow>({
      box: byId("run-list"),
      render: renderRunRow,
      onChoose: ({ run }) => this.#go({ ...this.#state, run: run?.id, span: undefined }),
      onEnter: () => this.#enterTrace(),
      onScroll: (isAtTop) => this.#freeze.set("scroll", !isAtTop),
    });
    this.#spanList = new VirtualList<SpanRow>({
      box: byId("span-list"),
      render: renderSpanRow,
      onChoose: ({ span }) => this.#go({ ...this.#state, span: span.spanId }),
      onEnter: () => byId("details").focus(),
    });
    this.#listen();
    this.#schedule();
  }

  onHello(hello: Hello): void {
    this.#silentSince = undefined;
    this.#connection = "connected";
    this.#recorded.greet(hello);
    this.#schedule();
  }

  onSpans(spans: readonly StoredSpan[]): void {
    this.#recorded.add(spans);
    this.#schedule();
  }

  onLimits(limits: Limits): void {
    this.#recorded.limits = limits;
    this.#schedule();
  }

  onDisconnected(): void {
    this.#silentSince ??= Date.now();
    this.#connection = "the program has ended or does not answer";
    this.#schedule();
  }

  /** Shows the spans of a saved page, to which no program adds more. */
  loadSaved(spans: readonly StoredSpan[]): void {
    this.#connection = "saved";
    this.#silentSince = spans.reduce((last, { start, end }) => Math.max(last, end ?? start), 0);
    this.#recorded.add(spans);
    byId("freeze").hidden = true;
    this.#schedule();
  }

  #listen(): void {
    const onClick = (id: string, work: () => void): void => byId(id).addEventListener("click", work);
    onClick("copy-tree", () => this.#copyTree());
    onClick("copy-json", () => this.#copyJson());
    onClick("copy-link", () => this.#copyLink());
    onClick("save", () => this.#save());
    onClick("help", () => keysDialog().showModal());
    addEventListener("hashchange", () => {
      this.#state = readLink(location.hash);
      this.#schedule();
    });
    document.addEventListener("keydown", (event) => this.#onKey(event));
  }

  #onKey(event: KeyboardEvent): void {
    const isElsewhere = event.target instanceof HTMLSelectElement || keysDialog().open;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && !keysDialog().open) return this.#leave(event.target);
    const keys: Readonly<Record<string, () => void>> = {
      "/": () => this.#filterForm.focus(),
      "?": () => keysDialog().showModal(),
      f: () => this.#freeze.toggle(),
      t: () => this.#copyTree(),
      j: () => this.#copyJson(),
      l: () => this.#copyLink(),
      s: () => this.#save(),
    };
    const work = keys[event.key.toLowerCase()];
    if (!work || isElsewhere) return;
    event.preventDefault();
    work();
  }

  /** Moves the focus one level up: from the details of a span to the timeline, and from there to the list of runs. */
  #leave(target: EventTarget | null): void {
    if (target === byId("details")) return byId("span-list").focus();
    if (target !== byId("run-list")) byId("run-list").focus();
    this.#go({ ...this.#state, span: undefined });
  }

  #enterTrace(): void {
    const [first] = this.#spanList.rows;
    if (!first) return;
    byId("span-list").focus();
    if (this.#state.span !== undefined) return;
    const run = this.#state.run?.split(".")[1];
    this.#go({ ...this.#state, span: this.#spanList.rows.some(({ id }) => id === run) ? run : first.id });
    this.#spanList.reveal();
  }

  #go(state: LinkedState): void {
    this.#state = state;
    history.replaceState(null, "", linkOf(state));
    this.#freeze.set("span", state.span !== undefined);
    this.#draw(true);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => {
      this.#isScheduled = false;
      this.#draw(false);
    });
  }

  /** @param isAsked whether the user has just chosen something. It is drawn even if the page is frozen. */
  #draw(isAsked: boolean): void {
    const { isFrozen } = this.#freeze;
    const { changed } = this.#recorded;
    const traceId = this.#state.run?.split(".")[0];
    const isTraceChanged = traceId !== undefined && changed.has(traceId);
    if (!isFrozen) this.#runs = this.#recorded.summaries();
    this.#freeze.draw(changed.size);
    this.#drawRuns();
    if (!isFrozen || isAsked || this.#drawnTrace !== traceId) this.#drawTrace(traceId, isTraceChanged);
  }

  #drawRuns(): void {
    const { filters, run } = this.#state;
    const passing = this.#runs.filter((each) => passes(each, filters));
    this.#filterForm.update(this.#runs, filters);
    this.#runList.setRows(this.#runRows.of(passing), run);
    const counted = passing.length === this.#runs.length ? "" : `${passing.length} of `;
    byId("connection").textContent = `${this.#connection} · ${counted}${this.#runs.length} runs`;
    byId("no-runs").textContent =
      passing.length > 0 ? "" : this.#runs.length > 0 ? "No run passes the filters." : NO_RUNS;
    byId("limits").textContent = removedText(this.#recorded.limits);
  }

  #drawTrace(traceId: string | undefined, isChanged: boolean): void {
    const trace = traceId === undefined ? undefined : this.#recorded.trace(traceId);
    byId("trace").hidden = !trace;
    document.body.classList.toggle("has-trace", trace !== undefined);
    clearTimeout(this.#tick);
    if (!trace) {
      this.#drawnTrace = undefined;
      return;
    }
    const hasOpenSpans = [...trace.spans.values()].some(({ end, isLost }) => end === undefined && !isLost);
    if (isChanged || hasOpenSpans || this.#drawnTrace !== traceId || this.#spanList.rows.length === 0) {
      this.#drawHead(trace);
    }
    const rows = this.#spanRows.of(trace, this.#silentSince ?? Date.now());
    this.#spanList.setRows(rows, this.#state.span);
    if (this.#drawnTrace !== traceId) {
      this.#drawnTrace = traceId;
      this.#runList.reveal();
      this.#spanList.reveal();
    }
    this.#drawDetails(trace);
    if (hasOpenSpans && this.#silentSince === undefined && !this.#freeze.isFrozen) {
      this.#tick = setTimeout(() => this.#schedule(), TICK_MS);
    }
  }

  #drawHead(trace: Trace): void {
    const { traceId, spans } = trace;
    const run = this.#runs.find(({ id }) => id === this.#state.run);
    byId("trace-title").replaceChildren(...(run ? runTitle(run) : [document.createTextNode("Trace")]));
    byId("trace-facts").textContent = traceFacts(
      spans.size,
      run,
      this.#recorded.limits.droppedSpans[traceId],
    );
    const [first] = this.#spanRows.of(trace, this.#silentSince ?? Date.now());
    const length = first ? first.extent.end - first.extent.start : 0;
    drawScale(byId("scale"), byId("span-list"), length);
  }

  #drawDetails({ spans }: Trace): void {
    const { run = "", span = run.split(".")[1] ?? "" } = this.#state;
    const record = spans.get(span);
    if (record === this.#drawnSpan) return;
    this.#drawnSpan = record;
    byId("details").replaceChildren(...(record ? renderDetails(record) : []));
  }

  #chosenTrace(): Trace | undefined {
    const traceId = this.#state.run?.split(".")[0];
    return traceId === undefined ? undefined : this.#recorded.trace(traceId);
  }

  #copyTree(): void {
    const trace = this.#chosenTrace();
    if (trace) void copy(textTree(trace), "the trace as a text tree");
  }

  #copyJson(): void {
    const trace = this.#chosenTrace();
    if (trace) void copy(JSON.stringify([...trace.spans.values()], undefined, 2), "the trace as JSON");
  }

  #copyLink(): void {
    void copy(location.href, "the link");
  }

  /** Saves the chosen trace. If none is chosen, saves the traces of all runs that pass the filters. */
  #save(): void {
    const trace = this.#chosenTrace();
    if (trace) return savePage([...trace.spans.values()], trace.traceId);
    const passing = this.#runs.filter((run) => passes(run, this.#state.filters));
    const traceIds = new Set(passing.map(({ span }) => span.traceId));
    const spans = [...traceIds].flatMap((id) => [...(this.#recorded.trace(id)?.spans.values() ?? [])]);
    return savePage(spans, `${passing.length}-runs`);
  }
}

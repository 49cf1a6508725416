/**
 * Collects what the doctor observes, from the moment it is loaded. `read` returns the facts known so far. A process has
 * one observation, which all copies of the doctor share.
 */
import { contain, contained } from "../foundation/containment.ts";
import { DOCTOR_KEY, type DoctorNotice, type DoctorObserver } from "../foundation/doctor-notice.ts";
import { isFunction, readProperty } from "../foundation/structure.ts";
import { ContextProbe } from "./context-probe.ts";
import { Exporters } from "./exporters.ts";
import type { ProcessFacts } from "./facts.ts";
import { Ledger } from "./ledger.ts";
import { loadedSDKs } from "./loaded-sdks.ts";
import { countAdapters, observeSentry, readNeighbors } from "./neighbors.ts";
import { observeRequests } from "./otlp-requests.ts";
import { serverlessPlatform } from "./platform.ts";
import { readRegistration, registeredProvider } from "./registration.ts";
import { CallsOfOlder, CallsOfV7 } from "./sdk-calls.ts";
import { SpanScopes } from "./span-scopes.ts";

export class Observation {
  /** Whether the doctor was loaded before the program. */
  isPreloaded = false;
  /** Whether a copy of the doctor has already decided about reports: it prints them, or they are off. */
  isReporting = false;
  readonly #ledger = new Ledger();
  readonly #scopes = new SpanScopes();
  readonly #exporters = new Exporters(this.#ledger, this.#scopes);
  #isSentryObserved = false;
  readonly #probe = new ContextProbe();
  readonly #failedRequests = new Map<string, number>();
  readonly #callsOfV7 = new CallsOfV7();
  readonly #callsOfOlder = new CallsOfOlder();

  start(): void {
    observeRequests(this.#failedRequests);
    this.#callsOfV7.observe();
    this.#findExporters();
  }

  /** Is called before the program begins. From then on, calls of version 5 and 6 are counted too. */
  startBeforeProgram(): void {
    this.isPreloaded = true;
    contain("doctor: counts", () => this.#callsOfOlder.observe());
  }

  /** Receives a notice of ai-spans. Never throws. */
  readonly onNotice: DoctorObserver = contained("doctor: notice", (...notice: DoctorNotice) => {
    const [kind, subject] = notice;
    // The first notice comes when the program uses ai-spans. By then, the program has registered what it registers at
    // its start. So the context is probed now, and again at later notices until a context can be entered.
    if (!this.#ledger.hasNotices || this.#probe.isEntered !== true) void this.probeContext();
    const isAdapterRun = this.#ledger.onNotice(notice);
    if (kind === "call") this.#callsOfV7.onWrappedCall(subject);
    if (isAdapterRun) this.#callsOfV7.onAdapterRun();
    if (!this.#isSentryObserved)
      this.#isSentryObserved = observeSentry((keys) => this.#scopes.add("Sentry", keys));
    if (kind === "start") {
      this.#findExporters();
      this.#exporters.find(subject);
    }
  });

  /** Resolves when both facts about the context are known. Never rejects. */
  probeContext(): Promise<void> {
    return this.#probe.run();
  }

  read(moment: ProcessFacts["moment"]): ProcessFacts {
    this.#findExporters();
    return {
      moment,
      isPreloaded: this.isPreloaded,
      registration: readRegistration(),
      context: this.#probe,
      ledger: this.#ledger.read(),
      exporters: this.#exporters,
      failedRequests: this.#failedRequests,
      sdks: loadedSDKs(),
      untracedCalls: this.#callsOfV7.untraced,
      callsOfV7: this.#callsOfV7.published,
      wrappedCallsOfV7: this.#callsOfV7.publishedByWrapper,
      callsOfOlder: contain("doctor: counts", () => this.#callsOfOlder.read()),
      adaptersRegistered: countAdapters(),
      neighbors: readNeighbors(),
      scopes: this.#scopes.byName,
      platform: serverlessPlatform(),
    };
  }

  #findExporters(): void {
    contain("doctor: exporters", () => this.#exporters.find(registeredProvider()));
  }
}

/** Returns the observation of the process. The copy of the doctor that was loaded first creates it. */
export function currentObservation(): Observation {
  const observer: unknown = readProperty(globalThis, DOCTOR_KEY);
  const existing = isFunction(observer) ? readProperty(observer, "observation") : undefined;
  // Another copy has created it. The version in the symbol's name ensures that it has this type.
  if (existing) return existing as Observation;
  const observation = new Observation();
  const value = Object.assign((...notice: DoctorNotice) => observation.onNotice(...notice), { observation });
  Reflect.defineProperty(globalThis, DOCTOR_KEY, { value, configurable: true });
  observation.start();
  return observation;
}

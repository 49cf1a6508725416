/** The table of checks, in the order of the report and of docs/guide/doctor.md. */
import type { Check } from "./check.ts";
import { adapterNotRegistered } from "./checks/adapter-not-registered.ts";
import { adapterWithoutV7 } from "./checks/adapter-without-v7.ts";
import { allSampledOut } from "./checks/all-sampled-out.ts";
import { callsPastWrapper } from "./checks/calls-past-wrapper.ts";
import { contentNextDoor } from "./checks/content-next-door.ts";
import { contextLostAtAwait } from "./checks/context-lost-at-await.ts";
import { spansEndedByOthers } from "./checks/ended-by-others.ts";
import { exportFailing } from "./checks/export-failing.ts";
import { noContextManager } from "./checks/no-context-manager.ts";
import { noExporter } from "./checks/no-exporter.ts";
import { noFlushOnServerless } from "./checks/no-flush-on-serverless.ts";
import { noTracerProvider } from "./checks/no-tracer-provider.ts";
import { pastIdleDeadline } from "./checks/past-idle-deadline.ts";
import { providerOfAnotherAPI } from "./checks/provider-of-another-api.ts";
import { spanLimit } from "./checks/span-limit.ts";
import { spansNotFlushed } from "./checks/spans-not-flushed.ts";
import { tracedTwice } from "./checks/traced-twice.ts";
import { twoCopies } from "./checks/two-copies.ts";
import { twoProviders } from "./checks/two-providers.ts";

export const checks: readonly Check[] = [
  noTracerProvider,
  providerOfAnotherAPI,
  noContextManager,
  contextLostAtAwait,
  allSampledOut,
  noExporter,
  exportFailing,
  spansNotFlushed,
  callsPastWrapper,
  adapterNotRegistered,
  adapterWithoutV7,
  twoProviders,
  twoCopies,
  tracedTwice,
  contentNextDoor,
  spansEndedByOthers,
  spanLimit,
  noFlushOnServerless,
  pastIdleDeadline,
];

/** Finds spans that were not sent before the exit. */
import { counted, type Check } from "../check.ts";

export const spansNotFlushed: Check = {
  id: "spans-not-flushed",
  lookedAt: "spans that have ended, and the answers of the exporters, at exit",
  means:
    "The process ended before these spans were sent, so they are lost. `BatchSpanProcessor` waits five seconds for more spans, and its timer does not keep the process alive.",
  toDo: "Before the process ends, call and await `forceFlush()` or `shutdown()` of the provider. Do not call `process.exit()` before it has resolved. If `forceFlush` was called and no export had begun, the queue was full (`OTEL_BSP_MAX_QUEUE_SIZE`), or the spans ended later.",
  examine({ moment, exporters, ledger: { counts } }) {
    if (exporters.names.length === 0) return { unknown: "no exporter was found" };
    if (moment !== "exit") return { unknown: "spans may still be sent: known at exit" };
    if (counts.waiting === 0) return undefined;
    return {
      found: `${counted(counts.waiting, "span")} ended, and no exporter had sent them; ${counted(exporters.pending, "export")} had begun; forceFlush was called ${counted(exporters.flushes, "time")}`,
      details: { waiting: counts.waiting, exportsUnderWay: exporters.pending, flushes: exporters.flushes },
    };
  },
};

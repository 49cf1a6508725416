/**
 * Runs one service in its own process: `main.ts <service>`. It sends its port when it listens, and its spans on
 * request.
 */
import { startedSpans } from "./telemetry.ts";

export interface Service {
  /** @returns the port on 127.0.0.1 */
  readonly start: () => Promise<number>;
}

const [, , name] = process.argv;
const loaded: { readonly service: Service } = await import(`./${name}.ts`);
process.on("message", (asked) => {
  if (asked === "spans") process.send?.({ spans: startedSpans() });
});
// The test's process has gone.
process.on("disconnect", () => process.exit());
process.send?.({ port: await loaded.service.start() });

/**
 * Counts the failed requests of OTLP exporters. Node publishes each HTTP request of the process to a diagnostics
 * channel, so no function is replaced. Requests are counted because an exporter that repeats one reports the failure
 * much later, or not before the exit.
 */
import { builtinModule } from "../foundation/builtin-module.ts";
import { contain, contained } from "../foundation/containment.ts";
import { isFunction, isString, readProperty } from "../foundation/structure.ts";
import { add, failureCode } from "./failure-code.ts";

/** The user agent of OpenTelemetry's exporters for JavaScript. */
const USER_AGENT = "OTel-OTLP-Exporter-JavaScript";

/** @param failures gets the counts, by HTTP status or error code */
export function observeRequests(failures: Map<string, number>): void {
  const channels = builtinModule("node:diagnostics_channel");
  const subscribe = channels?.subscribe;
  if (!isFunction(subscribe)) return;
  const observe = (channel: string, codeOf: (message: unknown) => string | undefined): void => {
    const onMessage = contained("doctor: request", (message: unknown) => {
      if (!isOfExporter(readProperty(message, "request"))) return;
      const code = codeOf(message);
      if (code !== undefined) add(failures, code, 1);
    });
    contain("doctor: channel", () => subscribe.call(channels, channel, onMessage));
  };
  const errorOf = (message: unknown): string => failureCode(readProperty(message, "error"));
  observe("http.client.response.finish", statusOf);
  observe("http.client.request.error", errorOf);
  observe("undici:request:headers", statusOf);
  observe("undici:request:error", errorOf);
}

function statusOf(message: unknown): string | undefined {
  const status = readProperty(readProperty(message, "response"), "statusCode");
  return typeof status === "number" && status >= 300 ? String(status) : undefined;
}

/**
 * Whether an exporter of spans has sent the request. `http.ClientRequest` has a method for its headers. A request of
 * undici has its headers as a list or a text. Exporters of metrics and logs have the same user agent, but other paths.
 */
function isOfExporter(request: unknown): boolean {
  if (/\/v1\/(metrics|logs)\b/.test(String(readProperty(request, "path")))) return false;
  const getHeader = readProperty(request, "getHeader");
  const userAgent = isFunction(getHeader)
    ? contain("doctor: request", () => getHeader.call(request, "user-agent"))
    : String(readProperty(request, "headers"));
  return isString(userAgent) && userAgent.includes(USER_AGENT);
}

/**
 * Stands between an MCP server and the handlers that are registered with it: each runs in the context of its client's
 * request. Reads trace fields in `_meta` and in the headers of the request, nothing else of it.
 */
import { mcpParameters } from "../carriers/mcp.ts";
import { receivedContext } from "../carriers/trace-context.ts";
import { contain } from "../foundation/containment.ts";
import { isFunction, type UnknownFunction } from "../foundation/structure.ts";
import { activeContext, runInContext } from "../spans/context.ts";
import { standInFor } from "../wrap/stand-in.ts";
import { onOriginal, originalOf, rememberOriginal } from "../wrap/view.ts";

/** What registers a handler, the last argument: of `McpServer`, and of the `Server` below it. */
const REGISTERING: ReadonlySet<PropertyKey> = new Set([
  "registerTool",
  "registerPrompt",
  "registerResource",
  "tool",
  "prompt",
  "resource",
  "setRequestHandler",
]);

export function wrapServer<T extends object>(server: T): T {
  if (originalOf(server) !== server) return server;
  return standInFor(server, {
    isOpen: true,
    replaceMethod: (key, method) => {
      if (!REGISTERING.has(key)) return undefined;
      return function (this: unknown, ...args: unknown[]): unknown {
        const traced = contain("MCP handler", () => withTracedHandler(args));
        return Reflect.apply(method, this, traced ?? args);
      };
    },
  });
}

function withTracedHandler(args: readonly unknown[]): unknown[] {
  const handler = args.at(-1);
  return isFunction(handler) ? [...args.slice(0, -1), tracedHandler(handler)] : [...args];
}

/** What a handler is called with ends with what is known of the request (`extra`). */
function tracedHandler(handler: UnknownFunction): unknown {
  if (originalOf(handler) !== handler) return handler;
  const traced = onOriginal(handler, (self, args) => {
    const work = (): unknown => Reflect.apply(handler, self, args);
    const active = activeContext();
    const context = contain("MCP request", () => receivedContext(args.at(-1), mcpParameters, active));
    return context && context !== active ? runInContext(context, work) : work();
  });
  return rememberOriginal(traced, handler);
}

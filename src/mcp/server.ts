/**
 * Wraps an MCP server. Each registered handler runs in the context of its client's request. Of a request, only the
 * trace fields in `_meta` and in the HTTP headers are read.
 */
import { mcpParameters } from "../carriers/mcp.ts";
import { extractedContext } from "../carriers/trace-context.ts";
import { contain } from "../foundation/containment.ts";
import { isFunction, type UnknownFunction } from "../foundation/structure.ts";
import { activeContext, runInContext } from "../spans/context.ts";
import { runWorkBeforeFirstSpan } from "../spans/set-up.ts";
import { wrapObject } from "../wrap/wrapped-object.ts";
import { onOriginal, originalOf, rememberOriginal } from "../wrap/view.ts";

/** The methods of `McpServer` and `Server` that register a handler. The handler is their last argument. */
const REGISTERING_METHODS: ReadonlySet<PropertyKey> = new Set([
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
  return wrapObject(server, {
    isAllState: true,
    replaceMethod: (key, method) => {
      if (!REGISTERING_METHODS.has(key)) return undefined;
      return function (this: unknown, ...args: unknown[]): unknown {
        const wrapped = contain("MCP handler", () => withWrappedHandler(args));
        return Reflect.apply(method, this, wrapped ?? args);
      };
    },
  });
}

function withWrappedHandler(args: readonly unknown[]): unknown[] {
  const handler = args.at(-1);
  return isFunction(handler) ? [...args.slice(0, -1), wrappedHandler(handler)] : [...args];
}

/**
 * Wraps a handler. The last argument of a handler call is `extra`, in which the server passes data about the request.
 */
function wrappedHandler(handler: UnknownFunction): unknown {
  if (originalOf(handler) !== handler) return handler;
  const wrapped = onOriginal(handler, (self, args) => {
    const work = (): unknown => Reflect.apply(handler, self, args);
    // The set-up registers the context manager and the propagator, without which the first call is not joined.
    contain("MCP request", runWorkBeforeFirstSpan);
    const active = activeContext();
    const context = contain("MCP request", () => extractedContext(args.at(-1), mcpParameters, active));
    return context && context !== active ? runInContext(context, work) : work();
  });
  return rememberOriginal(wrapped, handler);
}

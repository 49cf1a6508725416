/**
 * A loader of import-in-the-middle in a process that has others. A package brings a loader of its own copy (Elastic's
 * agent, New Relic's), or the program registers one. Each loader replaces the module `U` by a module `U?iitm=true`,
 * which imports `U`. With two loaders this URL belongs to the first, and the hooks of the second are never called.
 */

/** The hooks of a module loader. They return promises, or values if they are synchronous. */
export interface LoaderHooks {
  readonly resolve: LoaderHook;
  readonly load: LoaderHook;
}

/** @param subject a specifier or a URL */
type LoaderHook = (subject: string, context: HookContext, next: Next) => unknown;
type Next = (subject: string, context: HookContext) => unknown;

interface HookContext {
  /** Of `resolve`: the module that imports. */
  readonly parentURL?: string | undefined;
}

/** What `resolve` and `load` return. */
interface Found {
  readonly url: string;
  readonly source?: unknown;
}

/**
 * Returns hooks whose module imports the module of the other loader, so that the hooks of both are called. In them the URL
 * of the other's module has another parameter, `U?ai-spans-iitm=true`.
 *
 * A loader of the same copy calls our hooks by itself. Then its module is used as it is, because a second one would
 * call every hook twice.
 *
 * A loader that is registered later comes first. If it is of version 1, its module imports `U` itself, and our hooks are
 * not called. Then `warn` is.
 *
 * This function also runs from its source text, in the thread of the loaders. So it uses nothing of this module.
 *
 * @param hooks those of a loader that replaces the package `name`
 * @param name the only package that the loader replaces
 * @param registration the URL that each module of the loader's copy imports
 */
export function besideOtherLoaders(
  hooks: LoaderHooks,
  name: string,
  registration: string,
  warn: () => void,
): LoaderHooks {
  const hide = (url: string): string => url.replace(/([?&])iitm=/, "$1ai-spans-iitm=");
  const show = (url: string): string => url.replace(/([?&])ai-spans-iitm=/, "$1iitm=");
  /** The URL of the other loader's module, from this URL or that of the module that imports it. */
  const otherUrl = (url: string): string | undefined => /^.*[?&]ai-spans-iitm=[^&]*/.exec(url)?.[0];
  const whenFound = (found: unknown, use: (found: Found) => unknown): unknown =>
    found instanceof Promise ? found.then(use) : use(found as Found);

  // The other's module is loaded twice: for its exports, and by Node. Its loader may forget it after the first time.
  const others = new Map<string, unknown>();
  const loadOther = (url: string, context: HookContext, next: Next): unknown => {
    const known = others.get(url);
    if (known !== undefined) return known;
    // The second time no other loader is called, which Node requires to be said.
    const found = whenFound(next(show(url), context), (other) => ({ ...other, shortCircuit: true }));
    others.set(url, found);
    return found;
  };

  const resolved = new Set<string>();
  const loaded = new Set<string>();
  return {
    resolve(specifier, context, next) {
      const { parentURL } = context;
      const isImportOfOther = resolved.has(specifier) && parentURL === `${specifier}?iitm=true`;
      if (isImportOfOther && !loaded.has(parentURL)) warn();
      // What the other's module imports must not be replaced again.
      const shown = { ...context, parentURL: parentURL === undefined ? undefined : show(parentURL) };
      return hooks.resolve(specifier, shown, (subject, more) =>
        whenFound(next(subject, more), (found) => {
          if (subject !== name) return found;
          resolved.add(found.url);
          return { ...found, url: hide(found.url) };
        }),
      );
    },
    load(url, context, next) {
      if (url.endsWith("?iitm=true")) loaded.add(url);
      const other = otherUrl(url);
      if (other === undefined) return hooks.load(url, context, next);
      return whenFound(loadOther(other, context, next), (found) =>
        other === url || String(found.source).includes(registration)
          ? found
          : hooks.load(url, context, (subject, more) => (subject === other ? found : next(subject, more))),
      );
    },
  };
}

/**
 * The provider ids that the packages of this folder's lockfile make: every kind of model of every provider that a package
 * exports is built, and asked for its `provider`. Nothing is sent.
 */
import { readFile } from "node:fs/promises";

export interface ProviderId {
  readonly id: string;
  /** Entry points of packages, each with the majors of the AI SDK that it is for. */
  readonly packages: Readonly<Record<string, readonly string[]>>;
  /** The methods that build its models; `()` is the provider itself. */
  readonly kinds: readonly string[];
}

export interface ProviderIds {
  /** In alphabetical order. */
  readonly ids: readonly ProviderId[];
  /** Methods that failed otherwise than by having no models of their kind. */
  readonly failures: readonly string[];
}

/** What a provider's method came to: the `provider` of its model, or why there is none. */
type Built = { readonly id: string } | { readonly error: unknown };

interface LockedPackage {
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** By the major of `@ai-sdk/provider`, which the packages of one major of the AI SDK depend on. */
const MAJORS: Readonly<Record<string, string>> = { "1": "v4", "2": "v5", "3": "v6", "4": "v7" };

const INTERNAL_ENTRY = /^\.\/(package\.json|internal|test)/;

const SETTINGS = {
  apiKey: "not-a-key",
  apiToken: "not-a-key",
  secretKey: "not-a-key",
  baseURL: "http://127.0.0.1:9/v1",
  url: "http://127.0.0.1:9/v1/responses",
  resourceName: "resource",
  region: "us-east-1",
  accessKeyId: "id",
  secretAccessKey: "not-a-key",
  project: "project",
  location: "us-central1",
};

/** Vertex has some kinds without a key alone, Baseten one with a URL of its own. */
const SETTINGS_OF_SOME = [{ apiKey: undefined }, { modelURL: "http://127.0.0.1:9/sync/v1" }];

/** These packages are for any provider: the program names it. Others accept a name as well, and have one without it. */
const NAMELESS = /^create(OpenAICompatible|OpenResponses)$/;
export const NAME_OF_PROGRAM = "name-from-the-program";

/** Members of functions, and methods of providers that build no model. */
const NO_FACTORY =
  /^(arguments|caller|constructor|length|name|prototype|tools|files|skills|get[A-Z].*|list[A-Z].*)$/;

export async function providerIds(): Promise<ProviderIds> {
  const found = new Map<string, { packages: Map<string, Set<string>>; kinds: Set<string> }>();
  const failures: string[] = [];
  for (const { entry, specifier, major } of await entryPoints()) {
    // Whatever a package exports can be asked for its names.
    const module = (await import(specifier)) as object;
    for (const [factory, create] of Object.entries(module)) {
      if (!/^create[A-Z]/.test(factory)) continue;
      for (const [kind, built] of buildKinds(factory, create)) {
        if ("error" in built) {
          if (!isNoSuchModel(built.error))
            failures.push(`${specifier} ${factory} ${kind}: ${String(built.error)}`);
          continue;
        }
        const { packages, kinds } = found.get(built.id) ?? { packages: new Map(), kinds: new Set() };
        found.set(built.id, { packages, kinds });
        packages.set(entry, (packages.get(entry) ?? new Set()).add(major));
        kinds.add(kind);
      }
    }
  }
  const ids = [...found].map(([id, { packages, kinds }]) => ({
    id,
    packages: Object.fromEntries([...packages].map(([name, majors]) => [name, [...majors].toSorted()])),
    kinds: [...kinds].toSorted(),
  }));
  return { ids: ids.toSorted((one, other) => (one.id < other.id ? -1 : 1)), failures };
}

interface EntryPoint {
  /** By the package's real name. */
  readonly entry: string;
  /** By the name that it is installed under. */
  readonly specifier: string;
  readonly major: string;
}

async function entryPoints(): Promise<EntryPoint[]> {
  const lock = await readJson<{ packages: Record<string, LockedPackage> }>("package-lock.json");
  const installed = Object.entries(lock.packages).flatMap(([path, { name, dependencies }]) => {
    const alias = /^node_modules\/(@ai-sdk\/(?!provider)[^/]+)$/.exec(path)?.[1];
    const specification = dependencies?.["@ai-sdk/provider"];
    return alias === undefined || specification === undefined
      ? []
      : [{ alias, name: name ?? alias, major: MAJORS[specification.charAt(0)] ?? specification }];
  });
  const entries = installed.map(async ({ alias, name, major }) => {
    const manifest = await readJson<{ exports: object }>(`node_modules/${alias}/package.json`);
    return Object.keys(manifest.exports)
      .filter((path) => !INTERNAL_ENTRY.test(path))
      .map((path) => ({ entry: name + path.slice(1), specifier: alias + path.slice(1), major }));
  });
  return (await Promise.all(entries)).flat();
}

/** Each kind that the provider has with some of the settings. */
function buildKinds(factory: string, create: unknown): Map<string, Built> {
  const kinds = new Map<string, Built>();
  const name = NAMELESS.test(factory) ? { name: NAME_OF_PROGRAM } : {};
  for (const others of [{}, ...SETTINGS_OF_SOME]) {
    const provider: unknown = call(create, undefined, { ...SETTINGS, ...name, ...others });
    const methods = isObject(provider) ? methodsOf(provider) : [];
    for (const [kind, method] of [["()", provider] as const, ...methods]) {
      const known = kinds.get(kind);
      if (known && "id" in known) continue;
      try {
        const model: unknown = call(method, provider, "model");
        const id: unknown = isObject(model) ? Reflect.get(model, "provider") : undefined;
        if (typeof id === "string") kinds.set(kind, { id });
      } catch (error) {
        kinds.set(kind, { error });
      }
    }
  }
  return kinds;
}

function methodsOf(provider: object): (readonly [kind: string, method: unknown])[] {
  return Object.getOwnPropertyNames(provider)
    .filter((name) => !NO_FACTORY.test(name))
    .map((name) => [name, Reflect.get(provider, name)] as const);
}

function call(callee: unknown, self: unknown, argument: unknown): unknown {
  return typeof callee === "function" ? Reflect.apply(callee, self, [argument]) : undefined;
}

function isNoSuchModel(error: unknown): boolean {
  return error instanceof Error && error.name === "AI_NoSuchModelError";
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

async function readJson<T>(path: string): Promise<T> {
  // npm and the packages write these files.
  return JSON.parse(await readFile(new URL(path, import.meta.url), "utf8")) as T;
}

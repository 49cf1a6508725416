/**
 * Finds the copies of the AI SDK that this process has loaded. A short inspector session lists the scripts, so no
 * module loader is hooked. The list has ES modules, CommonJS modules and bundles, also those that were loaded before
 * the doctor. The text of a script is read from its file.
 */
import { builtinModule } from "../foundation/builtin-module.ts";
import { contain, contained } from "../foundation/containment.ts";
import { asRecord, isFunction, readProperty, stringOf } from "../foundation/structure.ts";

export interface LoadedSDK {
  /** The URL or path of the script. */
  readonly url: string;
  /** `undefined` in a bundle. */
  readonly version: string | undefined;
  readonly major: number | undefined;
  /** Whether a bundler has put the SDK into a file of the program. */
  readonly isBundled: boolean;
}

/**
 * Texts of the SDK that minifying keeps. `MARK` is an error's name in all versions, `MARK_OF_V7` the channel of version
 * 7.
 */
const MARK = "AI_InvalidMessageRoleError";
const MARK_OF_V7 = "ai:telemetry";

interface Script {
  readonly scriptId: string;
  readonly url: string;
}

/** A session of Node's inspector for this thread. Node calls back before `post` returns. */
export class InspectorSession {
  readonly #session: object;

  private constructor(session: object) {
    this.#session = session;
    this.#call("connect");
  }

  /** @returns `undefined` where the runtime has no inspector */
  static open(): InspectorSession | undefined {
    const Session = builtinModule("node:inspector")?.Session;
    return isFunction(Session)
      ? contain("doctor: inspector", () => new InspectorSession(Reflect.construct(Session, [])))
      : undefined;
  }

  post(method: string, parameters: object = {}): unknown {
    let answer: unknown;
    const onAnswer = contained("doctor: inspector", (_error: unknown, value: unknown) => {
      answer = value;
    });
    this.#call("post", method, parameters, onAnswer);
    return answer;
  }

  close(): void {
    this.#call("disconnect");
  }

  #call(name: string, ...args: unknown[]): void {
    const method = readProperty(this.#session, name);
    if (isFunction(method)) method.apply(this.#session, args);
  }
}

/**
 * The scripts are those of V8's best effort coverage, which V8 collects anyway. `Debugger.enable` lists them too. But
 * when the debugger is disabled again, V8 drops the block counts of a tool that measures coverage (Node 20, 22, 24).
 *
 * @returns `undefined` where the runtime does not list its scripts
 */
export function loadedSDKs(): LoadedSDK[] | undefined {
  const session = InspectorSession.open();
  if (!session) return undefined;
  const texts = new ScriptTexts(session);
  const scripts = contain("doctor: scripts", () => scriptsOf(session));
  const found = contain("doctor: scripts", () =>
    scripts?.filter(mayBeSDK).flatMap((script) => describe(script, texts)),
  );
  contain("doctor: scripts", () => {
    texts.close();
    session.close();
  });
  // The list always has the doctor's script. An empty list means that the runtime lists none: Bun has the class
  // `Session`, but no list.
  return scripts && scripts.length > 0 ? found : undefined;
}

function scriptsOf(session: InspectorSession): Script[] {
  const listed = readProperty(session.post("Profiler.getBestEffortCoverage"), "result");
  return (Array.isArray(listed) ? listed : []).flatMap((script): Script[] => {
    const url = stringOf(readProperty(script, "url"));
    const scriptId = stringOf(readProperty(script, "scriptId"));
    return url === undefined || scriptId === undefined || url.startsWith("node:") ? [] : [{ url, scriptId }];
  });
}

/** Searches the texts of scripts, in their files or by the inspector. */
class ScriptTexts {
  readonly #session: InspectorSession;
  #isDebugging = false;

  constructor(session: InspectorSession) {
    this.#session = session;
  }

  contains({ url, scriptId }: Script, mark: string): boolean {
    if (/^[a-z][\w+.-]*:/.test(url) && !/^(file|data|https?):/.test(url)) return this.#search(scriptId, mark);
    return readFile(url.startsWith("file:") ? new URL(url) : url)?.includes(mark) === true;
  }

  /** Searches a script that is not a file, for example one that the dev server of a bundler evaluates. */
  #search(scriptId: string, query: string): boolean {
    if (!this.#isDebugging) this.#session.post("Debugger.enable");
    this.#isDebugging = true;
    const matches = readProperty(
      this.#session.post("Debugger.searchInContent", { scriptId, query }),
      "result",
    );
    return Array.isArray(matches) && matches.length > 0;
  }

  close(): void {
    if (this.#isDebugging) this.#session.post("Debugger.disable");
  }
}

/** Whether the script is the SDK's build, or a file of the program. The latter may be a bundle with the SDK. */
function mayBeSDK({ url }: Script): boolean {
  return !/^data:|node_modules\//.test(url) || /\/node_modules\/(?!@)[^/]+\/dist\/index\.m?js$/.test(url);
}

function describe(script: Script, texts: ScriptTexts): LoadedSDK[] {
  if (!texts.contains(script, MARK)) return [];
  const version = packageVersion(script.url);
  // This is a file of the doctor, which contains `MARK` because it searches for it.
  if (version === undefined && /\/ai-spans\//.test(script.url)) return [];
  const major = version === undefined ? undefined : Number.parseInt(version, 10);
  const isV7 = major === undefined && texts.contains(script, MARK_OF_V7);
  return [{ url: script.url, version, major: isV7 ? 7 : major, isBundled: version === undefined }];
}

/** @returns `undefined` where the file cannot be read. Not every script has a file, so nothing is reported. */
function readFile(path: URL | string): string | undefined {
  const read = builtinModule("node:fs")?.readFileSync;
  try {
    return isFunction(read) ? String(read(path)) : undefined;
  } catch {
    return undefined;
  }
}

/** @returns the version of the package `ai`, if the script is its build */
function packageVersion(url: string): string | undefined {
  const manifest = contain("doctor: package", () => {
    const base = url.startsWith("file:") ? url : `file://${url}`;
    if (!/\/dist\/index\.m?js$/.test(base)) return undefined;
    const text = readFile(new URL("../package.json", base));
    return text === undefined ? undefined : asRecord(JSON.parse(text));
  });
  return manifest?.name === "ai" ? stringOf(manifest.version) : undefined;
}

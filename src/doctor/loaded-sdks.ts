/**
 * The copies of the AI SDK that this process has loaded. A short inspector session lists the scripts, so nothing is hooked. The
 * list has ES modules, CommonJS modules and bundles, also those that were loaded before the doctor.
 */
import { builtinModule } from "../foundation/builtin-module.ts";
import { contain, contained } from "../foundation/containment.ts";
import { asRecord, isFunction, readProperty, stringOf } from "../foundation/structure.ts";

export interface LoadedSDK {
  /** The URL or path of the script. */
  readonly url: string;
  /** `undefined` in a bundle of version 5 or 6. */
  readonly version: string | undefined;
  readonly major: number | undefined;
  /** Whether a bundler has put the SDK into a file of the program. */
  readonly isBundled: boolean;
}

/** Texts of the SDK that minifying keeps: an error's name, and the channel of version 7. */
const MARK = "AI_InvalidMessageRoleError";
const MARK_OF_V7 = "ai:telemetry";

interface Script {
  readonly scriptId: string;
  readonly url: string;
}

/** A session that is connected to this thread. It calls back before `post` returns. */
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

  on(event: string, listener: (message: unknown) => void): void {
    this.#call("on", event, contained("doctor: inspector", listener));
  }

  close(): void {
    this.#call("disconnect");
  }

  #call(name: string, ...args: unknown[]): void {
    const method = readProperty(this.#session, name);
    if (isFunction(method)) method.apply(this.#session, args);
  }
}

/** @returns `undefined` where the runtime does not list its scripts */
export function loadedSDKs(): LoadedSDK[] | undefined {
  const session = InspectorSession.open();
  if (!session) return undefined;
  const scripts: Script[] = [];
  session.on("Debugger.scriptParsed", (event) => {
    const script = readProperty(event, "params");
    const url = stringOf(readProperty(script, "url"));
    const scriptId = stringOf(readProperty(script, "scriptId"));
    if (url !== undefined && scriptId !== undefined && !url.startsWith("node:"))
      scripts.push({ url, scriptId });
  });
  const found = contain("doctor: scripts", () => {
    session.post("Debugger.enable");
    const contains = (script: Script, text: string): boolean => {
      const answer = session.post("Debugger.searchInContent", { scriptId: script.scriptId, query: text });
      const matches = readProperty(answer, "result");
      return Array.isArray(matches) && matches.length > 0;
    };
    return scripts.filter(mayBeSDK).flatMap((script) => describe(script, contains));
  });
  contain("doctor: scripts", () => {
    session.post("Debugger.disable");
    session.close();
  });
  // There is always one script at least, that of the doctor. Bun has the class, and lists none.
  return scripts.length > 0 ? found : undefined;
}

/** The SDK's own build, or a file of the program, which may be a bundle. */
function mayBeSDK({ url }: Script): boolean {
  return !url.includes("node_modules/") || /\/node_modules\/(?!@)[^/]+\/dist\/index\.m?js$/.test(url);
}

function describe(script: Script, contains: (script: Script, text: string) => boolean): LoadedSDK[] {
  if (!contains(script, MARK)) return [];
  const version = packageVersion(script.url);
  // The doctor's own text of the mark.
  if (version === undefined && /\/ai-spans\//.test(script.url)) return [];
  const major = version === undefined ? undefined : Number.parseInt(version, 10);
  const isV7 = major === undefined && contains(script, MARK_OF_V7);
  return [{ url: script.url, version, major: isV7 ? 7 : major, isBundled: version === undefined }];
}

/** The version of the package `ai` whose build the script is. */
function packageVersion(url: string): string | undefined {
  const manifest = contain("doctor: package", () => {
    const read = builtinModule("node:fs")?.readFileSync;
    const base = url.startsWith("file:") ? url : `file://${url}`;
    if (!isFunction(read) || !/\/dist\/index\.m?js$/.test(base)) return undefined;
    return asRecord(JSON.parse(String(read(new URL("../package.json", base)))));
  });
  return manifest?.name === "ai" ? stringOf(manifest.version) : undefined;
}

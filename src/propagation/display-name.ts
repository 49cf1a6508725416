/**
 * Makes short span names from the machine names that a workflow compiler writes: the kind, the module and the
 * function, with `//` between them. A queue replaces each character that it does not accept with `-`.
 */
import { isString } from "../foundation/structure.ts";

const KINDS = ["workflow", "step", "class"];
/** The prefix of a queue's topic, with or without a namespace of the deployment. */
const TOPIC = /^__(?:[a-z0-9]+_)?wkf_(?:workflow|step)_/i;
const DEFAULT_EXPORTS = new Set(["default", "__default"]);
const EXTENSION = /\.[cm]?[jt]sx?$/;
const VERSION = /(?<=.)@[^/]*$/;
const SANITIZED_VERSION = /-\d+-\d+-\d+(?:-[a-z0-9-]*)?$/i;
/** A longer text is no machine name. */
const MAXIMUM_LENGTH = 1_000;

/**
 * Returns the function's name from a machine name. These give `processOrder`:
 * `workflow//./src/jobs/order//processOrder`, `workflow----src-jobs-order--processOrder` as a queue writes it, and
 * the topic `__wkf_workflow_workflow--…`.
 *
 * A function inside another function keeps its name. A default export gets the name of its module: `order`, or
 * `shared` for `@myorg/shared@1.2.3`.
 *
 * @param machineName any other value is returned unchanged. Never throws
 * @see https://useworkflow.dev, names of workflows and steps, as of Workflow DevKit 4
 *
 * @example
 * await withLinkedTrace({ name: displayName(job.name), source: job }, work);
 */
export function displayName(machineName: string): string {
  if (!isString(machineName) || machineName.length > MAXIMUM_LENGTH) return machineName;
  const name = machineName.replace(TOPIC, "");
  return shortNameOf(name, RAW) ?? shortNameOf(name, SANITIZED) ?? machineName;
}

/** How a name separates its parts. */
interface Notation {
  /** Between the kind, the module and the function. */
  readonly divider: string;
  /** Between a module's folders, and between a function and one inside it. */
  readonly separator: string;
  readonly version: RegExp;
}

const RAW: Notation = { divider: "//", separator: "/", version: VERSION };
const SANITIZED: Notation = { divider: "--", separator: "-", version: SANITIZED_VERSION };

function shortNameOf(name: string, { divider, separator, version }: Notation): string | undefined {
  const kind = KINDS.find((known) => name.startsWith(known + divider));
  const end = name.lastIndexOf(divider);
  if (kind === undefined || end <= kind.length) return undefined;
  const module = name.slice(kind.length + divider.length, end);
  const last = (text: string): string => text.slice(text.lastIndexOf(separator) + 1);
  const functionName = last(name.slice(end + divider.length));
  if (!DEFAULT_EXPORTS.has(functionName)) return functionName || undefined;
  return last(module.replace(version, "").replace(EXTENSION, "")) || undefined;
}

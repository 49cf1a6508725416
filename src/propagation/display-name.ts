/**
 * Makes short span names from the machine names that a workflow compiler writes. A machine name has a kind, a module
 * and a function, with `//` between them. A queue replaces each character that it does not accept by `-`.
 */
import { isString } from "../foundation/structure.ts";

const KINDS = ["workflow", "step", "class"];
/** The prefix of a queue's topic. It may contain a namespace of the deployment. */
const TOPIC = /^__(?:[a-z0-9]+_)?wkf_(?:workflow|step)_/i;
const DEFAULT_EXPORTS = new Set(["default", "__default"]);
const EXTENSION = /\.[cm]?[jt]sx?$/;
const VERSION = /(?<=.)@[^/]*$/;
const SANITIZED_VERSION = /-\d+-\d+-\d+(?:-[a-z0-9-]*)?$/i;
/** A longer text does not count as a machine name. */
const MAXIMUM_LENGTH = 1_000;

/**
 * Returns the name of the function in a machine name. For example, each of these gives `processOrder`:
 * `workflow//./src/jobs/order//processOrder`, the same name as a queue writes it
 * (`workflow----src-jobs-order--processOrder`), and the topic `__wkf_workflow_workflow--…`.
 *
 * For a function inside another function, returns the name of the inner one. For a default export, returns the name of
 * its module: `order`, or `shared` for `@myorg/shared@1.2.3`. Never throws.
 *
 * @param machineName a value that is no machine name is returned unchanged
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

/** How the parts of a machine name are separated. */
interface Notation {
  /** Stands between the kind, the module and the function. */
  readonly divider: string;
  /** Stands between the folders of a module, and between a function and a function inside it. */
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

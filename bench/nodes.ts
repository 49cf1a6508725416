/**
 * The Nodes on which the benchmark runs its processes. `.ci/nodes` has those that are not the Node of this process.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

export type NodeName = "20" | "22" | "24";

export const NODE_NAMES: readonly NodeName[] = ["24", "22", "20"];

export interface NodeBinary {
  readonly name: NodeName;
  /** Such as `v24.21.0`. */
  readonly version: string;
  readonly path: string;
}

/** The Node of this process, by its major version. */
export const OWN_NODE = process.versions.node.split(".")[0];

/** @throws when the binary is not installed */
export function nodeBinary(name: NodeName): NodeBinary {
  if (name === OWN_NODE) return { name, version: process.version, path: process.execPath };
  const path = `.ci/nodes/node_modules/node-${name}/bin/node`;
  if (!existsSync(path)) throw new Error(`${path} is missing: npm ci --prefix .ci/nodes`);
  return { name, path, version: execFileSync(path, ["--version"], { encoding: "utf8" }).trim() };
}

/**
 * Packs ai-spans once, before all tests of this folder.
 */
import type { TestProject } from "vitest/node";
import { installPackedPackage } from "../package/packed-project.ts";

export default async function packPackage({ provide }: TestProject): Promise<() => void> {
  const { packageFolder, remove } = await installPackedPackage();
  provide("packageFolder", packageFolder);
  return remove;
}

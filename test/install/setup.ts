/** Packs ai-spans once, before all tests of this folder. */
import type { TestProject } from "vitest/node";
import { packPackage } from "../package/packed-project.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The path of the packed package. */
    readonly tarball: string;
  }
}

export async function setup({ provide }: TestProject): Promise<() => void> {
  const { tarball, remove } = await packPackage();
  provide("tarball", tarball);
  return remove;
}

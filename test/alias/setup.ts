/** Packs the package once for all tests of this folder, and installs it in the project of each major. */
import { cpSync, rmSync } from "node:fs";
import { installPackedPackage } from "../package/packed-project.ts";
import { majors, projectOf } from "./projects.ts";

export async function setup(): Promise<() => void> {
  const packed = await installPackedPackage();
  const installed = majors.map((major) => `${projectOf(major)}node_modules/ai-spans`);
  for (const folder of installed) {
    rmSync(folder, { recursive: true, force: true });
    cpSync(packed.packageFolder, folder, { recursive: true });
  }
  packed.remove();
  return () => {
    for (const folder of installed) rmSync(folder, { recursive: true, force: true });
  };
}

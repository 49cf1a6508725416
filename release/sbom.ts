/**
 * The bill of materials (CycloneDX) of the published files, from `npm sbom`. `npm sbom` lists what package.json names, which
 * for the published files is both too much (what tests use) and too little (the files). So of its components only the
 * packages stay that the build inlines, and each file of the tarball is added with its hash. Peers are not part of it: the
 * application installs them, and its bill of materials has their versions.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { INLINED_PACKAGES } from "./inlined-packages.ts";
import type { Packed } from "./pack.ts";

interface Hash {
  readonly alg: "SHA-256" | "SHA-512";
  readonly content: string;
}

interface Property {
  readonly name: string;
  readonly value: string;
}

export interface Component {
  readonly type: string;
  readonly name: string;
  readonly version?: string;
  readonly "bom-ref"?: string;
  readonly purl?: string;
  readonly hashes?: readonly Hash[];
  readonly properties?: readonly Property[];
  readonly components?: readonly Component[];
}

interface Dependency {
  readonly ref: string;
  readonly dependsOn: readonly string[];
}

export interface BillOfMaterials {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly metadata: { readonly lifecycles: readonly object[]; readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly Dependency[];
}

/**
 * @param folder the repository, with its lockfile
 * @param packageFolder what `packed` holds, unpacked
 * @throws Error when the lockfile lacks a package that the build inlines
 */
export function billOfMaterials(folder: string, packed: Packed, packageFolder: string): BillOfMaterials {
  const all = billOfLockfile(folder);
  const inlined = INLINED_PACKAGES.map((name) => inlinedComponent(name, all.components));
  const { component } = all.metadata;
  const root = component["bom-ref"] ?? "ai-spans";
  const refs = inlined.map((part) => part["bom-ref"] ?? part.name);
  return {
    ...all,
    metadata: {
      ...all.metadata,
      lifecycles: [{ phase: "post-build" }],
      component: {
        ...component,
        // npm gives the name of the folder.
        name: "ai-spans",
        hashes: [{ alg: "SHA-512", content: hexOf(packed.integrity) }],
      },
    },
    components: [...inlined, ...packed.files.toSorted().map((path) => fileComponent(packageFolder, path))],
    dependencies: [{ ref: root, dependsOn: refs }, ...refs.map((ref) => ({ ref, dependsOn: [] }))],
  };
}

function billOfLockfile(folder: string): BillOfMaterials {
  const options = ["--sbom-format", "cyclonedx", "--sbom-type", "library", "--package-lock-only"];
  const text = execFileSync("npm", ["sbom", ...options], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(text) as BillOfMaterials;
}

function inlinedComponent(name: string, components: readonly Component[]): Component {
  const found = components.find((component) => component.name === name);
  if (!found) throw new Error(`npm sbom does not list ${name}, which the build inlines`);
  // It is a development dependency only because the build has already taken it in.
  const properties = (found.properties ?? []).filter((property) => property.name !== DEVELOPMENT);
  return { ...found, properties: [...properties, { name: "ai-spans:inlined", value: "true" }] };
}

const DEVELOPMENT = "cdx:npm:package:development";

function fileComponent(packageFolder: string, path: string): Component {
  const content = createHash("sha256")
    .update(readFileSync(join(packageFolder, path)))
    .digest("hex");
  return { type: "file", name: path, "bom-ref": `file:${path}`, hashes: [{ alg: "SHA-256", content }] };
}

function hexOf(integrity: string): string {
  return Buffer.from(integrity.replace(/^sha512-/, ""), "base64").toString("hex");
}

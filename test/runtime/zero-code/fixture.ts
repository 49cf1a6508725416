/**
 * What the tests of this folder share: the packed package, a receiver, and a project for each major.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { installPackedPackage, type PackedProject } from "../../package/packed-project.ts";
import { startOtlpReceiver, type OtlpReceiver } from "../../support/otlp-receiver.ts";
import {
  exportingTo,
  MAJORS,
  Project,
  type MajorName,
  type NodeBinary,
  type ProjectOptions,
} from "./project.ts";
import { TEXTS, TREES } from "./workload-trees.ts";

export interface Fixture {
  readonly receiver: OtlpReceiver;
  /** The project of a major with these packages. It is made at the first call. */
  project(major: MajorName, options?: ProjectOptions): Project;
}

/** Registers the set-up and the clean-up of a test file. */
export function createFixture(): Fixture {
  let packed: PackedProject | undefined;
  let receiver: OtlpReceiver | undefined;
  const projects = new Map<string, Project>();
  beforeAll(async () => {
    packed = await installPackedPackage();
    receiver = await startOtlpReceiver();
  }, 240_000);
  afterEach(() => receiver?.reset());
  afterAll(async () => {
    for (const project of projects.values()) project.remove();
    await receiver?.close();
    packed?.remove();
  });
  return {
    get receiver() {
      if (!receiver) throw new Error("the receiver is not started");
      return receiver;
    },
    project(major, options = {}) {
      if (!packed) throw new Error("the package is not packed");
      const key = JSON.stringify([major, options]);
      const project = projects.get(key) ?? new Project(packed.packageFolder, major, options);
      projects.set(key, project);
      return project;
    },
  };
}

/**
 * Tests on each major that a program is traced, and is otherwise the same.
 *
 * @param programs the arguments of Node, by module format
 */
export function testTraced(
  title: string,
  fixture: Fixture,
  node: NodeBinary,
  programs: Readonly<Record<string, readonly string[]>>,
): void {
  describe.each(MAJORS)("AI SDK %s", (major) => {
    test.each(Object.entries(programs))(`${title}: %s`, async (_format, args) => {
      const { receiver } = fixture;
      const { stdout, stderr, code } = await fixture
        .project(major)
        .run(node, args, exportingTo(receiver.url));
      expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
      expect(JSON.parse(stdout)).toEqual(TEXTS);
      expect(receiver.trees()).toEqual(TREES);
    });
  });
}

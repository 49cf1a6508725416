/**
 * What `--import ai-spans/register` adds to the start of a process: whole processes that load the SDK and end, by turns
 * without and with the flag. Prints the median of the ratios of a round. Run it with `npm run bench:startup`.
 */
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { installPackedPackage } from "../test/package/packed-project.ts";
import { MAJORS, NODES, Project, type NodeBinary } from "../test/runtime/zero-code/project.ts";
import { estimate } from "./statistics.ts";

const ROUNDS = Number(process.argv[2] ?? 21);
/** The program of a module format, and the flag that loads the entry in it. */
const FORMATS = [
  ["ES module", "only-import.mjs", "--import"],
  ["CommonJS", "only-require.cjs", "--require"],
] as const;

async function elapsedMs(project: Project, node: NodeBinary, args: readonly string[]): Promise<number> {
  const startMs = performance.now();
  const child = project.start(node, args);
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}`);
  return performance.now() - startMs;
}

const packed = await installPackedPackage();
console.log("| Node | AI SDK | module format | bare | with the flag | ratio |");
console.log("| --- | --- | --- | ---: | ---: | ---: |");
for (const node of NODES) {
  for (const major of MAJORS) {
    const project = new Project(packed.packageFolder, major);
    for (const [format, program, flag] of FORMATS) {
      const rounds: { readonly bareMs: number; readonly flaggedMs: number }[] = [];
      const measure = async (isFirst: boolean): Promise<void> => {
        const bare = (): Promise<number> => elapsedMs(project, node, [program]);
        const flagged = (): Promise<number> => elapsedMs(project, node, [flag, "ai-spans/register", program]);
        if (isFirst) rounds.push({ bareMs: await bare(), flaggedMs: await flagged() });
        else {
          const flaggedMs = await flagged();
          rounds.push({ bareMs: await bare(), flaggedMs });
        }
      };
      // The first round fills the caches of the file system.
      for (let index = 0; index <= ROUNDS; index++) await measure(index % 2 === 0);
      rounds.shift();
      const bareMs = estimate(rounds.map((round) => round.bareMs)).median;
      const flaggedMs = estimate(rounds.map((round) => round.flaggedMs)).median;
      const ratio = estimate(rounds.map((round) => round.flaggedMs / round.bareMs)).median;
      console.log(
        `| ${node.name.slice(5)} | ${major.slice(1)} | ${format} | ${bareMs.toFixed(0)} ms | ${flaggedMs.toFixed(0)} ms | ${ratio.toFixed(2)} |`,
      );
    }
    project.remove();
  }
}
packed.remove();

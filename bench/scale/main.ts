/**
 * What spans and metrics weigh, and what a fleet needs for them. `npm run bench:scale` prints the tables of
 * docs/guide/operating.md from the sizes that are stored; with `--write` it measures first, and writes sizes and tables.
 */
import { measure } from "./measured.ts";
import { readMeasured, scaleSection, writeMeasured, writeSection } from "./page.ts";

const writes = process.argv.includes("--write");
if (writes) writeMeasured(await measure());
const section = scaleSection(readMeasured());
console.log(section);
if (writes) writeSection(section);

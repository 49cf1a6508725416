// `npm run screenshot` writes the pictures of the viewer that the README and docs/guide/view.md show. Each run of the demo
// has other times, so nothing compares the pictures. Look at them before you commit them.
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { takeScreenshots } from "./demo-screenshot.ts";

const folder = fileURLToPath(new URL("../../docs/guide/images/", import.meta.url));
await mkdir(folder, { recursive: true });
for (const file of await takeScreenshots(folder)) process.stdout.write(`written: ${file}\n`);

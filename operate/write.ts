/** `npm run dashboard`: writes dashboard.json beside it. */
import { writeFile } from "node:fs/promises";
import { dashboardFile } from "./dashboard.ts";

await writeFile(new URL("dashboard.json", import.meta.url), dashboardFile());

// `npm test`: what one needs while working.
import { defineConfig } from "vitest/config";
import { projectsOf, quick } from "./vitest.parts.ts";
import suite from "./vitest.config.ts";

export default defineConfig({ ...suite, test: { ...suite.test, projects: projectsOf(quick) } });

// `npm run test:all`: what `npm test` leaves out.
import { defineConfig } from "vitest/config";
import { projectsOf, rest } from "./vitest.parts.ts";
import suite from "./vitest.config.ts";

export default defineConfig({ ...suite, test: { ...suite.test, projects: projectsOf(rest) } });

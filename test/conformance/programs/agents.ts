import type { Program } from "../program.ts";
export const agents: readonly Program[] = [];

/**
 * Agents whose classes override methods of the SDK's class, on every major and traced in every possible way. They
 * observe the same as untraced agents, and each run has the spans of its calls.
 */
import { describe } from "vitest";
import { majors } from "../../support/majors.ts";
import { OVERRIDES } from "./override-programs.ts";
import { QUEUES } from "./queue-programs.ts";
import type { Row } from "./rows.ts";
import { STREAMS } from "./stream-programs.ts";
import { testAgents } from "./test-agents.ts";

const ROWS: readonly Row[] = [...OVERRIDES, ...STREAMS, ...QUEUES];

describe.each(majors)("on $name", (major) => testAgents(major, ROWS));

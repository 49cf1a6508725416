/**
 * The programs of test/exits that turn their clocks by hand, on the bare SDK with the adapter registered.
 */
import { vi } from "vitest";
import "../exits/late-work.test.ts";
import "../exits/pauses.test.ts";

vi.mock("../exits/exit.ts", () => import("./adapted-exit.ts"));

/** Finds several copies of ai-spans. */
import { counted, type Check } from "../check.ts";

export const twoCopies: Check = {
  id: "two-copies",
  lookedAt: "which copies of ai-spans are in use",
  means:
    "A call has one set of spans, from the copy that comes first, with that copy's options. The options of the other copy have no effect on it. An ES module beside the CommonJS build is two copies, and so are two versions.",
  toDo: "`npm ls ai-spans` shows two versions. Load the package in one way, by `import` or by `require`. In a dev server that reloads modules, two copies are normal.",
  examine({ ledger: { copies } }) {
    if (copies < 2) return undefined;
    return {
      found: `${counted(copies, "copy").replace("copys", "copies")} of ai-spans are in use`,
      details: { copies },
    };
  },
};

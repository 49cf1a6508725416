/** Starts the page. A saved page shows the spans that are in it, any other page those that the program sends. */
import { SAVED_SPANS_ID } from "../traces/saved-page.ts";
import type { StoredSpan } from "../traces/span-record.ts";
import { App } from "./app.ts";
import { byId } from "./dom.ts";
import { connect } from "./live-events.ts";

const saved = byId(SAVED_SPANS_ID).textContent ?? "";
const app = new App();
// The cast below holds, because `savedPage` writes spans of this type.
if (saved.trim() === "") connect(app);
else app.loadSaved(JSON.parse(saved) as StoredSpan[]);

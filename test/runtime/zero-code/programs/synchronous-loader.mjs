// Registers the synchronous loader of import-in-the-middle for all modules, as other instrumentations do.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const beside = createRequire(createRequire(import.meta.url).resolve("@opentelemetry/instrumentation"));
const path = beside.resolve("import-in-the-middle/register-hooks.mjs");
const { register } = await import(pathToFileURL(path).href);
register();

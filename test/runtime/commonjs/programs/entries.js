// Prints what each entry of the package exports to require() and to import. Arguments: the entries.
"use strict";

async function exportsOf(entry) {
  const name = entry === "index" ? "ai-spans" : `ai-spans/${entry}`;
  return { entry, required: namesIn(require(name)), imported: namesIn(await import(name)) };
}

function namesIn(module) {
  return Object.keys(module).toSorted();
}

void Promise.all(process.argv.slice(2).map(exportsOf)).then((rows) => console.log(JSON.stringify(rows)));

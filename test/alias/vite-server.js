// Runs the program of a project in Vite's development server, by the recipe.
import { createServer } from "vite";

const server = await createServer({
  configFile: "../recipes/vite.config.js",
  root: process.cwd(),
  server: { middlewareMode: true },
  appType: "custom",
  logLevel: "error",
});
const { program } = await server.ssrLoadModule("/program.js");
console.log(JSON.stringify(await program()));
await server.close();

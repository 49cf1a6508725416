import { mergeConfig } from "vite";
import recipe from "./vite.config.js";

export default mergeConfig(recipe, {
  ssr: { noExternal: true },
  build: { outDir: "dist/vite-inside" },
});

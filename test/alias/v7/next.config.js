import recipe from "../recipes/next.config.js";

// Next.js is installed in the folder above, which no application needs to say of its own.
const root = new URL("..", import.meta.url).pathname;
export default { ...recipe, turbopack: { ...recipe.turbopack, root } };

/** Other lockfiles may lie above this folder. */
export default { turbopack: { root: import.meta.dirname } };

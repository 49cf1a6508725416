/** Names the root of the project, because the example and the repository around it have a lockfile each. */
export default { turbopack: { root: import.meta.dirname } };

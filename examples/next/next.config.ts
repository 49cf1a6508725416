/** The example has a lockfile of its own inside a repository that has one too. */
export default { turbopack: { root: import.meta.dirname } };

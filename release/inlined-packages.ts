/**
 * The packages whose code or constants the build puts into dist. The build fails for any other (tsdown.config.ts). The
 * licenses of these are in THIRD-PARTY-LICENSES.txt, which the package holds.
 */
export const INLINED_PACKAGES: readonly string[] = [
  "@opentelemetry/semantic-conventions",
  "get-east-asian-width",
];

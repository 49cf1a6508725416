// A function with a block that some calls do not run.
export function ofKind(kind) {
  if (kind === "a") return "first";
  return "second";
}

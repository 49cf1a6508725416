/**
 * Converts the SDK's provider ids to the registry's `gen_ai.provider.name`. A table converts the first word of an id,
 * and `google.vertex` is a special case. An id that is not in the table is cut at its first dot. For `openai`,
 * `anthropic`, `cohere`, `deepseek`, `groq` and `perplexity` the cut id is the registry's name. `test/providers` checks
 * the ids of the real provider packages.
 */
const BEDROCK = "aws.bedrock";
const VERTEX = "gcp.vertex_ai";
const AZURE = "azure.ai.openai";

/** The registry's names, by the first word of the SDK's id. */
export const PROVIDER_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "amazon-bedrock": BEDROCK,
    azure: AZURE,
    "azure-openai": AZURE,
    bedrock: BEDROCK,
    "bedrock-mantle": BEDROCK,
    google: "gcp.gemini",
    googleVertex: VERTEX,
    mistral: "mistral_ai",
    moonshotai: "moonshot_ai",
    vertex: VERTEX,
    xai: "x_ai",
  }),
);

/** The last result. Each model call reads the provider of the same model several times. */
let last = { providerId: "", name: "" };

/** @param providerId such as `openai.responses` */
export function providerName(providerId: string): string {
  if (providerId !== last.providerId) last = { providerId, name: convert(providerId) };
  return last.name;
}

function convert(providerId: string): string {
  const dot = providerId.indexOf(".");
  const vendor = dot < 0 ? providerId : providerId.slice(0, dot);
  if (vendor === "google" && /^google\.vertex(\.|$)/.test(providerId)) return VERTEX;
  return PROVIDER_NAMES.get(vendor) ?? vendor;
}

/**
 * The SDK's provider ids to the registry's `gen_ai.provider.name`. A pure table over the first word of an id, two
 * of Google's; any other id is cut at its first dot, which is the registry's own name for `openai`, `anthropic`,
 * `cohere`, `deepseek`, `groq` and `perplexity`. `test/providers` has the ids that the provider packages make.
 */
const BEDROCK = "aws.bedrock";
const VERTEX = "gcp.vertex_ai";
const AZURE = "azure.ai.openai";

/** By the first word of an id. */
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

export function providerName(providerId: string): string {
  const dot = providerId.indexOf(".");
  const vendor = dot < 0 ? providerId : providerId.slice(0, dot);
  if (vendor === "google" && /^google\.vertex(\.|$)/.test(providerId)) return VERTEX;
  return PROVIDER_NAMES.get(vendor) ?? vendor;
}

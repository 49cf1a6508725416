/**
 * The SDK's provider ids to the registry's `gen_ai.provider.name`. A pure table over the first word of an id, two
 * of Google's; any other id is cut at its first dot, which is the registry's own name for `openai`, `anthropic`,
 * `cohere`, `deepseek`, `groq` and `perplexity`.
 */
const VERTEX = "gcp.vertex_ai";
const PROVIDER_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "amazon-bedrock": "aws.bedrock",
    azure: "azure.ai.openai",
    "azure-openai": "azure.ai.openai",
    bedrock: "aws.bedrock",
    google: "gcp.gemini",
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

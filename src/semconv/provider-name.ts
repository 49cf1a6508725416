/**
 * The SDK's provider ids to the registry's `gen_ai.provider.name`. A pure table over the first two words of an id or
 * its first; any other id is cut at its first dot, which is the registry's own name for `openai`, `anthropic`,
 * `cohere`, `deepseek`, `groq` and `perplexity`.
 */
const PROVIDER_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "amazon-bedrock": "aws.bedrock",
    azure: "azure.ai.openai",
    "azure-openai": "azure.ai.openai",
    bedrock: "aws.bedrock",
    google: "gcp.gemini",
    "google.vertex": "gcp.vertex_ai",
    mistral: "mistral_ai",
    moonshotai: "moonshot_ai",
    vertex: "gcp.vertex_ai",
    xai: "x_ai",
  }),
);

export function providerName(providerId: string): string {
  const [vendor = providerId, family] = providerId.split(".", 2);
  return PROVIDER_NAMES.get(`${vendor}.${family}`) ?? PROVIDER_NAMES.get(vendor) ?? vendor;
}

/**
 * The SDK's provider ids to the registry's `gen_ai.provider.name`. A pure table: the longest listed prefix that
 * ends at a dot or at the end wins; any other id is cut at its first dot.
 */
const PROVIDER_NAMES: Readonly<Record<string, string>> = {
  "amazon-bedrock": "aws.bedrock",
  anthropic: "anthropic",
  azure: "azure.ai.openai",
  "azure-openai": "azure.ai.openai",
  "azure-ai": "azure.ai.inference",
  bedrock: "aws.bedrock",
  cohere: "cohere",
  deepseek: "deepseek",
  google: "gcp.gemini",
  "google.vertex": "gcp.vertex_ai",
  groq: "groq",
  mistral: "mistral_ai",
  moonshotai: "moonshot_ai",
  openai: "openai",
  perplexity: "perplexity",
  vertex: "gcp.vertex_ai",
  watsonx: "ibm.watsonx.ai",
  xai: "x_ai",
};

export function providerName(providerId: string): string {
  const firstDot = providerId.indexOf(".");
  if (firstDot < 0) return lookUp(providerId) ?? providerId;
  const secondDot = providerId.indexOf(".", firstDot + 1);
  const family = secondDot < 0 ? providerId : providerId.slice(0, secondDot);
  const vendor = providerId.slice(0, firstDot);
  return lookUp(family) ?? lookUp(vendor) ?? vendor;
}

function lookUp(key: string): string | undefined {
  return Object.hasOwn(PROVIDER_NAMES, key) ? PROVIDER_NAMES[key] : undefined;
}

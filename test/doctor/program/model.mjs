// A model of the specification of each major. Its texts are marks that no report may have.
export const PROMPT = "PROMPT-7f3a91";
export const ANSWER = "ANSWER-91cd3e";

const SPECIFICATIONS = { v5: "v2", v6: "v3", v7: "v4" };

export function createModel(major, { hangs = false } = {}) {
  const usage =
    major === "v5"
      ? { inputTokens: 3, outputTokens: 2, totalTokens: 5 }
      : { inputTokens: { total: 3 }, outputTokens: { total: 2 } };
  const finishReason = major === "v5" ? "stop" : { unified: "stop", raw: "stop" };
  const wait = () => (hangs ? new Promise(() => {}) : Promise.resolve());
  return {
    specificationVersion: SPECIFICATIONS[major],
    provider: "mock-provider",
    modelId: "mock-model",
    supportedUrls: {},
    async doGenerate() {
      await wait();
      return { content: [{ type: "text", text: ANSWER }], finishReason, usage, warnings: [] };
    },
    async doStream() {
      await wait();
      const parts = [
        { type: "stream-start", warnings: [] },
        { type: "text-start", id: "1" },
        { type: "text-delta", id: "1", delta: ANSWER },
        { type: "text-end", id: "1" },
        { type: "finish", finishReason, usage },
      ];
      return { stream: ReadableStream.from(parts) };
    },
  };
}

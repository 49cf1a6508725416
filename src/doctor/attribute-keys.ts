/**
 * Attribute keys by which instrumentations record token counts and content. Reads only keys, never values. Of a key,
 * only the part that matches the pattern is reported, because the program may choose the rest.
 */

/** Keys of content in OpenTelemetry's conventions, the AI SDK's telemetry, OpenInference, Langfuse and Traceloop. */
const CONTENT: readonly RegExp[] = [
  /^gen_ai\.(input|output)\.messages$/,
  /^gen_ai\.system_instructions$/,
  /^gen_ai\.tool\.(call\.(arguments|result)|definitions)$/,
  /^gen_ai\.(prompt|completion)(?=\.|$)/,
  /^gen_ai\.(prompt|completion)\.\d+\.(content|tool_calls)/,
  /^ai\.prompt(\.(messages|tools|format))?$/,
  /^ai\.response\.(text|object|toolCalls|reasoning|files)$/,
  /^ai\.result\.(text|object|toolCalls)$/,
  /^ai\.toolCall\.(args|result|input|output)$/,
  /^ai\.(value|values|documents|query)$/,
  /^(input|output)\.value$/,
  /^llm\.(input|output)_messages(?=\.)/,
  /^llm\.(prompts|completions)/,
  /^langfuse\.(observation|trace)\.(input|output)$/,
  /^traceloop\.entity\.(input|output)$/,
];

const TOKENS = /^(gen_ai\.usage|ai\.usage|llm\.token_count|llm\.usage)\./;

export function hasTokenCounts(keys: readonly string[]): boolean {
  return keys.some((key) => TOKENS.test(key));
}

/** @returns the keys of content, each cut to the part that matches its pattern */
export function contentKeysOf(keys: readonly string[]): string[] {
  return keys.flatMap((key) => {
    for (const pattern of CONTENT) {
      const match = pattern.exec(key);
      if (match) return [match[0]];
    }
    return [];
  });
}

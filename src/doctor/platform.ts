/** Serverless platforms, by the environment variables that they set. */
import { asRecord, readProperty } from "../foundation/structure.ts";

const PLATFORMS: ReadonlyArray<readonly [variable: string, name: string]> = [
  ["AWS_LAMBDA_FUNCTION_NAME", "AWS Lambda"],
  ["VERCEL", "Vercel"],
  ["NETLIFY", "Netlify"],
  ["K_SERVICE", "Cloud Run"],
  ["FUNCTIONS_WORKER_RUNTIME", "Azure Functions"],
];

export function environmentVariable(name: string): string | undefined {
  const value = readProperty(asRecord(readProperty(readProperty(globalThis, "process"), "env")), name);
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function serverlessPlatform(): string | undefined {
  return PLATFORMS.find(([variable]) => environmentVariable(variable) !== undefined)?.[1];
}

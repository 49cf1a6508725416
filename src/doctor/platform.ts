/** Recognizes serverless platforms by the environment variables that they set. */
import { readVariable } from "../foundation/environment-variable.ts";

const PLATFORMS: ReadonlyArray<readonly [variable: string, name: string]> = [
  ["AWS_LAMBDA_FUNCTION_NAME", "AWS Lambda"],
  ["VERCEL", "Vercel"],
  ["NETLIFY", "Netlify"],
  ["K_SERVICE", "Cloud Run"],
  ["FUNCTIONS_WORKER_RUNTIME", "Azure Functions"],
];

export function serverlessPlatform(): string | undefined {
  return PLATFORMS.find(([variable]) => readVariable(variable) !== undefined)?.[1];
}

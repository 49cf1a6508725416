/**
 * Traces every call of the AI SDK in a process: `node --import ai-spans/register app.js`, or `--require`. It has no
 * exports. docs/guide/start.md has the steps, docs/reference/register.md the environment variables.
 *
 * - Replaces the exports of `ai` (majors 5, 6 and 7) by those of `wrapAISDK` when the program loads it. This needs the
 *   package `@opentelemetry/instrumentation`.
 * - Puts the adapter of `createAISDKTelemetry` into the registry of AI SDK 7, for calls that no hook reaches.
 * - Where `OTEL_EXPORTER_OTLP_ENDPOINT` is set and the program has registered no OpenTelemetry SDK until its first call,
 *   sets up the one that is installed.
 *
 * Never throws, never records content, and never changes what the program does.
 *
 * @module
 */
import { register } from "./register/register.ts";

register();

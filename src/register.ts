/**
 * Traces every call of the AI SDK in a process: `node --import ai-spans/register app.js`, or `--require`. It has no
 * exports. docs/guide/start.md has the steps, and docs/reference/register.md has the environment variables.
 *
 * - Replaces the exports of `ai` (majors 5, 6 and 7) by those of `wrapAISDK` when the program loads `ai`. This needs
 *   the package `@opentelemetry/instrumentation`.
 * - Puts the adapter of `createAISDKTelemetry` into the registry of AI SDK 7, for calls that no hook reaches.
 * - Sets up the installed OpenTelemetry SDK if `OTEL_EXPORTER_OTLP_ENDPOINT` is set and the program has registered no
 *   SDK before its first call.
 *
 * Never throws, never records content, and never changes what the program does.
 *
 * @module
 */
import { register } from "./register/register.ts";

register();

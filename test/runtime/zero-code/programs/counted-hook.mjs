// Registers the asynchronous loader for all modules, and another instrumentation of the AI SDK. At the end it prints how
// often the hook of the instrumentation was called.
import { register } from "node:module";
import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  registerInstrumentations,
} from "@opentelemetry/instrumentation";

let calls = 0;

class OtherInstrumentation extends InstrumentationBase {
  constructor() {
    super("other", "1.0.0", {});
  }

  init() {
    const onLoad = (exports) => {
      calls++;
      return exports;
    };
    return new InstrumentationNodeModuleDefinition("ai", ["*"], onLoad);
  }
}

register("@opentelemetry/instrumentation/hook.mjs", import.meta.url);
registerInstrumentations({ instrumentations: [new OtherInstrumentation()] });
process.on("exit", () => console.log(calls));

import { Module, type OnApplicationShutdown } from "@nestjs/common";
import { ChatController } from "./chat.controller.js";
import { sdk } from "./instrumentation.js";

@Module({ controllers: [ChatController] })
export class AppModule implements OnApplicationShutdown {
  // Nest has closed its connections before, so every run has ended.
  async onApplicationShutdown(): Promise<void> {
    await sdk.shutdown();
  }
}

import type { ServerResponse } from "node:http";
import { Body, Controller, Post, Res } from "@nestjs/common";
import { answer } from "./agent.js";

@Controller("chat")
export class ChatController {
  @Post()
  chat(@Body("prompt") prompt: string, @Res() response: ServerResponse): void {
    const left = new AbortController();
    response.once("close", () => left.abort());
    void answer(prompt, left.signal).pipeTextStreamToResponse(response);
  }
}

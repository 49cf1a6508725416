/**
 * A chat: its messages, a form and a stop button.
 */
"use client";

import { useChat } from "@ai-sdk/react";
import { DefaultChatTransport, type UIMessage } from "ai";
import { useState, type FormEvent } from "react";

interface ChatProperties {
  /** The route that answers. */
  readonly api: string;
  readonly id?: string;
  readonly messages?: UIMessage[];
  /** The answer outlives the request. The page resumes it when it loads, and stops it with a separate request. */
  readonly resume?: boolean;
}

export function Chat({ api, id, messages: initialMessages, resume = false }: ChatProperties) {
  const [prompt, setPrompt] = useState("");
  const [transport] = useState(() => new DefaultChatTransport({ api }));
  const { messages, sendMessage, status, stop } = useChat({
    id,
    messages: initialMessages,
    resume,
    transport,
  });
  const isAnswering = status === "submitted" || status === "streaming";

  function send(event: FormEvent): void {
    event.preventDefault();
    void sendMessage({ text: prompt });
    setPrompt("");
  }

  async function stopAnswer(): Promise<void> {
    if (resume) await fetch(`${api}/${id}/stream`, { method: "DELETE" });
    await stop();
  }

  return (
    <main>
      <ol>
        {messages.map(({ id: key, role, parts }) => (
          <li key={key} data-role={role}>
            {parts.map((part) => (part.type === "text" ? part.text : ""))}
          </li>
        ))}
      </ol>
      <form onSubmit={send}>
        <input aria-label="Prompt" value={prompt} onChange={(event) => setPrompt(event.target.value)} />
        <button disabled={isAnswering}>Send</button>
        <button type="button" disabled={!isAnswering} onClick={() => void stopAnswer()}>
          Stop
        </button>
      </form>
      <p role="status">{status}</p>
    </main>
  );
}

/**
 * The chats whose answers can be resumed, and the subscribers of their streams. All of it is in the memory of one
 * process. An application with several servers uses a database instead, and Redis (`resumable-stream/redis`) instead of
 * `publisher` and `subscriber`.
 */
import type { UIMessage } from "ai";
import { after } from "next/server";
import { createResumableStreamContext, type Publisher, type Subscriber } from "resumable-stream/generic";

export interface Chat {
  messages: UIMessage[];
  /** The answer in progress. */
  active?: { readonly streamId: string; readonly stop: () => void };
}

interface Memory {
  readonly chats: Map<string, Chat>;
  readonly values: Map<string, string>;
  readonly listeners: Map<string, (message: string) => void>;
}

/** Next.js loads separate modules for every route, so routes share values through a property of the global object. */
const shared = globalThis as { bookingChats?: Memory };
const { chats, values, listeners } = (shared.bookingChats ??= {
  chats: new Map(),
  values: new Map(),
  listeners: new Map(),
});

export function chatOf(id: string): Chat {
  const chat = chats.get(id) ?? { messages: [] };
  chats.set(id, chat);
  return chat;
}

const publisher: Publisher = {
  connect: async () => {},
  publish: async (channel, message) => listeners.get(channel)?.(message),
  set: async (key, value) => values.set(key, value),
  get: async (key) => values.get(key) ?? null,
  incr: async (key) => {
    const count = Number(values.get(key) ?? 0) + 1;
    values.set(key, String(count));
    return count;
  },
};

const subscriber: Subscriber = {
  connect: async () => {},
  subscribe: async (channel, listener) => {
    listeners.set(channel, listener);
  },
  unsubscribe: async (channel) => listeners.delete(channel),
};

/** `after` keeps the function alive while the model writes an answer that nobody reads at the moment. */
export const resumableStreams = createResumableStreamContext({ publisher, subscriber, waitUntil: after });

"use client";

import { DefaultChatTransport, generateText } from "ai";

export default function Page() {
  return <p>{`${DefaultChatTransport.name} ${generateText.name}`}</p>;
}

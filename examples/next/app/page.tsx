/** A chat with the route of the Node.js runtime. */
import { Chat } from "./chat";

export default function Page() {
  return <Chat api="/api/chat" />;
}

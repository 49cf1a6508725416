/** A chat with the route of the edge runtime. */
import { Chat } from "../chat";

export default function Page() {
  return <Chat api="/api/edge" />;
}

/** A chat whose answers can be resumed, with the messages that it has so far. */
import { chatOf } from "../../../chats";
import { Chat } from "../../chat";

export default async function Page({ params }: { readonly params: Promise<{ readonly id: string }> }) {
  const { id } = await params;
  return <Chat api="/api/resumable" id={id} messages={chatOf(id).messages} resume />;
}

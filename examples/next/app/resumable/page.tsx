/**
 * Starts a chat whose answers can be resumed. The address has the chat's id, so that a reloaded page finds the chat
 * again.
 */
import { generateId } from "ai";
import { redirect } from "next/navigation";

export const dynamic = "force-dynamic";

export default function Page() {
  redirect(`/resumable/${generateId()}`);
}

/** Begins a chat whose answers can be resumed. Its address is what a page needs to find it again. */
import { generateId } from "ai";
import { redirect } from "next/navigation";

export const dynamic = "force-dynamic";

export default function Page() {
  redirect(`/resumable/${generateId()}`);
}

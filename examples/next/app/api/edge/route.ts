/**
 * The route of `api/chat`, in the edge runtime.
 */
export { POST } from "../chat/route";

export const runtime = "edge";

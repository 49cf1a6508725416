/**
 * The same route as `api/chat`, in the edge runtime.
 */
export { POST } from "../chat/route";

export const runtime = "edge";

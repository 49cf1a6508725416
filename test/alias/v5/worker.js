import { program } from "./program.js";

export default { fetch: async () => Response.json(await program()) };

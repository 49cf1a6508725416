import { program } from "./program.js";

void program().then((seen) => console.log(JSON.stringify(seen)));

import { program } from "./program.js";

void program().then((output) => console.log(JSON.stringify(output)));

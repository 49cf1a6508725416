// Loads the root's copy of the API. Without it an old `ai` would load a second copy.
module.exports = require("../../../node_modules/@opentelemetry/api/build/src/index.js");

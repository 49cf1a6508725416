// The root's copy of the API. Without this, an old `ai` would load a second copy of it.
module.exports = require("../../../node_modules/@opentelemetry/api/build/src/index.js");

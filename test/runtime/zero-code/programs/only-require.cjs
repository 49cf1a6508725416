// Loads the SDK and ends.
"use strict";
require("ai");

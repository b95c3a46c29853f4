// What a reload would spoil. Everything here has a way without it.
"use strict";

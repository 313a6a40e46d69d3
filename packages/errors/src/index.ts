export { type ErrorCode, errorCodes } from "./error-code.js";
export { FogboundError, type FogboundErrorOptions } from "./fogbound-error.js";
export { onAbort } from "./on-abort.js";
export { OwnAbort } from "./own-abort.js";
export { Serial } from "./serial.js";
export { waitFor } from "./wait-for.js";

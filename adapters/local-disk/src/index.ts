export { localDisk } from "./driver.js";
export type { LocalDiskOptions } from "./options.js";
export { localDiskFromUrl } from "./url.js";

export { type ByteRange, type Bytes, chunksOf, readAll, toAsyncIterable } from "./bytes.js";
export { smallObjectBytes } from "./defaults.js";
export { type MemoryDriverOptions, memoryDriver } from "./memory-driver.js";
export { ObjectStore, type OpenOptions } from "./object-store.js";
export { type Route, routedDriver } from "./routed.js";
export type {
  Capabilities,
  FoundObject,
  HiddenObject,
  ObjectInfo,
  StoreDriver,
  StoredObject,
  StoreErrorCode,
  Waiting,
} from "./store-driver.js";
export { compareKeys } from "./store-key.js";
export { type SyncOptions, type SyncReport, syncStores } from "./sync.js";

import type { StoreDriver } from "../src/index.js";

/** One driver that is `healthy` until `breakNow`, and `broken` from then on. */
export function handOver(healthy: StoreDriver, broken: StoreDriver): { shared: StoreDriver; breakNow: () => void } {
  let current = healthy;
  const shared: StoreDriver = {
    name: broken.name,
    capabilities: broken.capabilities,
    create: (...given) => current.create(...given),
    upload: (...given) => current.upload(...given),
    replace: (...given) => current.replace(...given),
    get: (...given) => current.get(...given),
    head: (...given) => current.head(...given),
    list: (...given) => current.list(...given),
    delete: (...given) => current.delete(...given),
    close: () => current.close(),
    errorCode: (error) => current.errorCode(error),
  };
  const breakNow = (): void => {
    current = broken;
  };
  return { shared, breakNow };
}

import type { StoreDriver } from "@fogbound/storage";

const held = new Set(["create", "upload", "replace", "get", "head", "list", "delete"]);

/**
 * A driver whose calls end in an order that `random` draws: each waits, before and after its work, among all that are
 * under way until its number comes up.
 */
export function shuffled(driver: StoreDriver, random: () => number): StoreDriver {
  const waiting: (() => void)[] = [];
  const pump = (): void => {
    const [next] = waiting.splice(Math.floor(random() * waiting.length), 1);
    next?.();
    if (waiting.length > 0) setImmediate(pump);
  };
  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 1) setImmediate(pump);
    });
  return new Proxy(driver, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== "function") return method;
      if (!held.has(String(name))) return method.bind(target);
      return async (...given: unknown[]) => {
        await turn();
        const result: unknown = await method.apply(target, given);
        await turn();
        return result;
      };
    },
  });
}

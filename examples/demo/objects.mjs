/** Every object of a store: its key, and its bytes when asked for. */
export async function* objectsIn(store, prefix = "") {
  for await (const { key } of store.list(prefix)) yield { key, bytes: () => bytesOf(store, key) };
}

export async function keysIn(store, accepts) {
  const keys = [];
  for await (const { key } of store.list("")) if (accepts(key)) keys.push(key);
  return keys;
}

export async function bytesOf(store, key) {
  const object = await store.get(key);
  if (object === null) throw new Error(`Expected an object ${key}, found none.`);
  return Buffer.from(await object.bytes());
}

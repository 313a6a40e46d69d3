/**
 * Refuses what a type would, for what came without types: behind a misspelt key a guard or a limit would be missing, and
 * nobody told.
 *
 * @param known every key there is
 * @throws TypeError for what is no object, and for any other key.
 */
export function onlyKeys<T extends object>(value: T, known: Readonly<Record<keyof T, true>>, what: string): void {
  const keys = Object.keys(known).join(", ");
  if (typeof value !== "object" || value === null)
    throw new TypeError(`Expected ${what} to be an object with ${keys}, got ${String(value)}.`);
  for (const key of Object.keys(value))
    if (!Object.hasOwn(known, key))
      throw new TypeError(`Expected no keys but ${keys} in ${what}, got ${JSON.stringify(key)}.`);
}

/** Results in the order of the source, with up to `atOnce` of them under way. */
export async function* inOrder<Input, Output>(
  source: AsyncIterable<Input>,
  atOnce: number,
  work: (one: Input) => Promise<Output>,
): AsyncGenerator<Output, void, undefined> {
  const running: Promise<Output>[] = [];
  for await (const one of source) {
    running.push(started(work(one)));
    const first = running.length >= atOnce ? running.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  for (const one of running) yield await one;
}

/** As `inOrder`, over a list. */
export async function mapInOrder<Input, Output>(
  list: readonly Input[],
  atOnce: number,
  work: (one: Input, index: number) => Promise<Output>,
): Promise<Output[]> {
  const results: Output[] = [];
  for (let at = 0; at < list.length; at += atOnce)
    results.push(...(await Promise.all(list.slice(at, at + atOnce).map((one, offset) => work(one, at + offset)))));
  return results;
}

/** A rejection is seen when its turn comes, and must not end the process before. */
export function started<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** How much may be under way at once. */
export interface Flow<Input> {
  /** Pieces of work, at most. */
  readonly atOnce: number;
  /** What they may weigh together: beyond that none is begun, save a second beside one that is heavier by itself. */
  readonly most: number;
  readonly weigh: (one: Input) => number;
}

/** Results in the order of the source, with no more of them under way than the flow allows. */
export async function* inOrder<Input, Output>(
  source: AsyncIterable<Input>,
  { atOnce, most, weigh }: Flow<Input>,
  work: (one: Input) => Promise<Output>,
): AsyncGenerator<Output, void, undefined> {
  const running: { readonly result: Promise<Output>; readonly weight: number }[] = [];
  let load = 0;
  for await (const one of source) {
    const weight = weigh(one);
    load += weight;
    running.push({ result: started(work(one)), weight });
    while (running.length >= atOnce || (load > most && running.length > 1)) {
      const first = running.shift();
      if (first === undefined) break;
      load -= first.weight;
      yield await first.result;
    }
  }
  for (const { result } of running) yield await result;
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

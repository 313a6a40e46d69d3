/**
 * Lets work for one name be prepared side by side and handed on in the order it came: a host may send batch 2 before
 * batch 1 is under a receipt.
 */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  async take<T, R>(name: string, prepare: () => Promise<T>, handOn: (prepared: T) => R): Promise<R> {
    const prepared = prepare();
    prepared.catch(() => undefined);
    const handedOn = (this.#last.get(name) ?? Promise.resolve()).then(async () => ({ result: handOn(await prepared) }));
    const turn = handedOn.then(ignore, ignore);
    this.#last.set(name, turn);
    try {
      return (await handedOn).result;
    } finally {
      if (this.#last.get(name) === turn) this.#last.delete(name);
    }
  }
}

function ignore(): void {}

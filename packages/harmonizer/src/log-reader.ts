import { FogboundError } from "@fogbound/errors";
import type { ObjectStore } from "@fogbound/storage";
import { advance, type Step, stepOf } from "./advance.js";
import { after, assertFollows, type History, missingBundle, type SequencedBundle } from "./history.js";
import { names } from "./names.js";
import { Places } from "./places.js";
import { type Position, State, start } from "./state.js";

/** Bundles asked for at a time when a log is read from its beginning. */
const readAhead = 8;

/** All that was sequenced, by this process and others, as far as it was read. */
export class LogReader {
  readonly state: State = new State();
  readonly places: Places = new Places();
  readonly history: History;
  #position: Position = start;

  constructor(history: History) {
    this.history = history;
  }

  get position(): Position {
    return this.#position;
  }

  /** Reads what came since. Not to be called side by side with itself or `take`. */
  async refresh(): Promise<void> {
    for (;;) {
      const found = await this.history.read(this.#position.next);
      if (found === null) return;
      this.take(found);
    }
  }

  /**
   * Reads the whole log, in order, and shows each bundle once.
   * @throws FogboundError `FORMAT_INVALID` when a bundle is missing between others; `VERIFICATION_FAILED` when one does
   *   not hold or does not follow.
   */
  async replay(store: ObjectStore, seen: (sequenced: SequencedBundle) => Promise<void>): Promise<void> {
    const ahead: Promise<SequencedBundle>[] = [];
    const takeOne = async (): Promise<void> => {
      const sequenced = await ahead.shift();
      if (sequenced === undefined) return;
      this.take(sequenced);
      await seen(sequenced);
    };
    let number = 0;
    for await (const { key } of store.list(names.sequences)) {
      if (key !== names.sequence(number)) throw missingBundle(number, `there is ${key}`);
      const read = this.history.readKnown(number++);
      read.catch(() => undefined);
      ahead.push(read);
      if (ahead.length >= readAhead) await takeOne();
    }
    while (ahead.length > 0) await takeOne();
  }

  /** Takes the next bundle, from the store or, with its steps, just created. */
  take(sequenced: SequencedBundle, steps: readonly Step[] | null = null): void {
    assertFollows(sequenced, this.#position);
    const { bundle } = sequenced;
    // On a state above, so that a bundle that does not hold leaves nothing behind.
    const taken = steps ?? this.#checked(sequenced);
    for (const step of taken) {
      advance(this.state, step);
      this.places.take(step, bundle.number);
    }
    this.#position = after(sequenced);
  }

  #checked({ bundle }: SequencedBundle): Step[] {
    const above = new State(this.state);
    try {
      return bundle.entries.map((entry) => {
        const step = stepOf(entry);
        const ordinals = advance(above, step);
        const numbered = JSON.stringify(entry.kind === "batch" ? entry.ordinals : []) === JSON.stringify(ordinals);
        if (!numbered || above.capsule(entry.capsule)?.version !== entry.version)
          throw FogboundError.verificationFailed();
        return step;
      });
    } catch (cause) {
      // A batch's statement is under no leaf: a receipt holds also where only that was changed.
      const about = `${names.sequence(bundle.number)} holds an entry that does not follow from those before it.`;
      throw FogboundError.verificationFailed(new Error(about, { cause }));
    }
  }
}

import { FogboundError } from "@fogbound/errors";
import type {
  FogHands,
  FogStep,
  FogVerdict,
  Judged,
  OwnerId,
  ProfiledAccess,
  Profiler,
  Subject,
  Waiting,
} from "@fogbound/protocol";
import { busy } from "./keeper.js";
import { MarkBook } from "./marks.js";
import { Readers } from "./readers.js";
import { Decoys } from "./serving.js";
import { type Suspicion, suspect } from "./suspect.js";
import type { WatchedReader } from "./watched-reader.js";

const mostTurns = 8;

/**
 * The guard of all capsules of an authority: learns how readers behave, asks those who surprise it, and serves fog to
 * those who cannot say who they are.
 *
 * What changes a reader's standing is durable before it is answered: a thief gains nothing by a crash. What is only
 * learnt is saved after a while.
 */
export class Guard implements Profiler {
  readonly #readers = new Readers();
  readonly #decoys = new Decoys();
  readonly #marks = new MarkBook();

  judge(access: ProfiledAccess, hands: FogHands, waiting: Waiting = {}): Promise<Judged> {
    return this.#readers.inTurn(access.owner, access.reader, async () => {
      await this.#readers.savePeers(access.owner, access.time, hands, waiting);
      for (let turn = 0; turn < mostTurns; turn++) {
        const watched = await this.#readers.find(access.owner, access.reader, hands, waiting);
        const judged = await this.#judge(watched, access, hands, waiting);
        if (judged !== null) return judged;
        this.#readers.forget(access.owner, access.reader);
      }
      throw busy();
    });
  }

  trust(owner: OwnerId, reader: Subject, time: number, hands: FogHands, waiting: Waiting = {}): Promise<void> {
    return this.#readers.inTurn(owner, reader, async () => {
      for (let turn = 0; turn < mostTurns; turn++) {
        const watched = await this.#readers.find(owner, reader, hands, waiting);
        if (time <= watched.memory.wordAt) throw FogboundError.verificationFailed();
        watched.clear(time, null);
        watched.change({ wordAt: time });
        if (await watched.save(waiting)) return;
        this.#readers.forget(owner, reader);
      }
      throw busy();
    });
  }

  close(waiting: Waiting = {}): Promise<void> {
    return this.#readers.saveAll(waiting);
  }

  /** null when another process has changed what is known of the reader meanwhile: judge again. */
  async #judge(
    watched: WatchedReader,
    access: ProfiledAccess,
    hands: FogHands,
    waiting: Waiting,
  ): Promise<Judged | null> {
    const suspicion = await suspect(watched, access, waiting);
    if (suspicion === null) return null;
    // The same work after a right and a wrong reply, or the time it takes would tell which it was.
    const isDecoyDue = suspicion.step === "fogged" || access.reply !== null;
    const isMarked = watched.isMarked(access.capsule);
    const isMarkDue = isDecoyDue || suspicion.step === "challenged";
    const mark = isMarkDue ? await watched.markFor(access.capsule, this.#marks, waiting) : null;
    const decoy = isDecoyDue && mark !== null ? await this.#decoys.serve(access, mark, hands) : null;
    const isServed = suspicion.step === "fogged" && decoy !== null;
    const isFirst = isServed && watched.markServed(access.capsule);
    const isNew = isFirst || (isMarkDue && !isMarked);
    // In this order: the rhythm goes on whatever is saved besides.
    const isDue = watched.beat(access.time) || suspicion.isFinal || isNew;
    if (isDue && !(await watched.save(waiting))) return null;
    const step = suspicion.step === "fogged" && decoy === null ? "refused" : suspicion.step;
    return {
      verdict: verdictOf(suspicion, step, isServed ? decoy.mark : null),
      question: suspicion.question,
      variant: isServed ? decoy.variant : null,
    };
  }
}

const most = 1_000_000_000;

function verdictOf({ score, threshold, because }: Suspicion, step: FogStep, mark: number | null): FogVerdict {
  const thousandths = (value: number): number => Math.min(most, Math.max(0, Math.round(1000 * value)));
  const words = because.slice(0, 1024).toWellFormed();
  return { step, score: thousandths(score), threshold: thousandths(threshold), because: words, mark };
}

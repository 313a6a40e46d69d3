import { toHex } from "@fogbound/crypto";
import { type ChainTip, type Checkpoint, type InstanceId, type Pin, sameBytes } from "@fogbound/protocol";
import type { Context } from "./context.js";
import type { Sequence } from "./sequence.js";

/** The pinned tips, looked for while the chains go by. */
export class PinnedTips {
  readonly #tips: ReadonlyMap<InstanceId, ChainTip>;
  readonly #seen: Map<InstanceId, boolean> = new Map();

  constructor(pin: Pin | null) {
    this.#tips = new Map((pin?.chains ?? []).map((tip) => [tip.instance, tip]));
  }

  /** A record that stands in its chain at this number. */
  pass(instance: InstanceId, number: number, hash: Uint8Array | null): void {
    const tip = this.#tips.get(instance);
    if (tip?.number === number) this.#seen.set(instance, sameBytes(tip.hash, hash));
  }

  /** Those that were not there, or were others. */
  contradicted(): readonly ChainTip[] {
    return [...this.#tips.values()].filter(({ instance }) => this.#seen.get(instance) !== true);
  }
}

/** What was once seen proved must still be there: a vault that was put back to an older state lacks it. */
export function judgePin({ pin, findings, checkpoint }: Context, sequence: Sequence): void {
  if (pin === null) return;
  const say = (sentence: string, evidence: readonly string[]): void =>
    findings.add(
      "PIN_CONTRADICTED",
      "broken",
      `${sentence} An older state was restored, or the log was written anew.`,
      [`pinned checkpoint of ${pin.size} leaves, root ${toHex(pin.root)}`, ...evidence],
    );
  for (const { instance, number, hash } of sequence.pinned.contradicted())
    say(`Record ${number} of ${instance}, which was seen before, is not in the log.`, [`sha256 ${toHex(hash)}`]);
  const known = sequence.manifests.get(pin.version);
  if (known !== toHex(pin.manifest))
    say(`Manifest ${pin.version}, which was seen in force, is not in the log.`, [`sha256 ${toHex(pin.manifest)}`]);
  // What is shown grows with every audit. Were it in the finding, no explanation of it would hold until the next one.
  if (checkpoint !== null && !mayFollow(checkpoint, pin))
    say(`A checkpoint of ${pin.size} leaves was seen before; the one shown is no later one.`, []);
}

function mayFollow(shown: Checkpoint, pin: Pin): boolean {
  return shown.size > pin.size || (shown.size === pin.size && sameBytes(shown.root, pin.root));
}

/** What may be pinned after this pass; null while no tips under a checkpoint have been shown. */
export function pinOf({ evidence, checkpoint }: Context, sequence: Sequence): Pin | null {
  const { anchor, version, chains } = sequence;
  const manifest = sequence.manifestHash(version);
  if (anchor === null || !anchor.included || checkpoint === null || manifest === null) return null;
  const tips = [...chains.values()].flatMap(({ instance, position: { epoch, number, hash } }) =>
    hash === null ? [] : [{ instance, epoch, number, hash }],
  );
  const { size, root } = checkpoint;
  return { suite: 1, capsule: evidence.capsule, version, manifest, size, root, chains: tips, time: anchor.time };
}

import { generateSealingKey, generateSigningKey, type SealingKey, type SigningKey } from "@fogbound/crypto";
import { type CapsuleId, type InstanceId, instanceIdOf } from "@fogbound/protocol";

/** The keys of one running process for one capsule. They live in memory and nowhere else. */
export interface InstanceKeys {
  readonly id: InstanceId;
  readonly signing: SigningKey;
  /** What the host part's key is released to. */
  readonly recipient: SealingKey;
}

export async function newInstance(capsule: CapsuleId): Promise<InstanceKeys> {
  const signing = generateSigningKey();
  return { id: instanceIdOf(signing.publicKey, capsule), signing, recipient: await generateSealingKey() };
}

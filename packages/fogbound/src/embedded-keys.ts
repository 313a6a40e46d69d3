import {
  type AuthorityKeys,
  createAuthorityGroup,
  decodeAuthorityKeys,
  encodeAuthorityKeys,
  memberOf,
} from "@fogbound/authority";
import {
  formatRecoveryKey,
  generateOwnerKeys,
  generateSigningKey,
  type KeyRing,
  type OwnerKeys,
  ownerKeysOf,
  ownerSecrets,
  type PassphraseCost,
  type SigningKey,
  secretOf,
  signingKeyFromSeed,
} from "@fogbound/identity";
import { type AuthorityGroup, type OwnerId, ownerIdOf } from "@fogbound/protocol";
import { readKeyFile, writeKeyFile } from "./key-file.js";

/** The keys of all four parties, in one key file: which is why an audit of embedded mode never says they are separate. */
export interface EmbeddedKeys {
  readonly owner: OwnerKeys;
  readonly host: SigningKey;
  readonly authority: AuthorityKeys;
  readonly group: AuthorityGroup;
  readonly receiptKey: SigningKey;
  readonly logKey: SigningKey;
}

/** What is told of a new key file. */
export interface MadeKeyFile {
  readonly owner: OwnerId;
  /** To be shown once and written down: it opens what the key file would, the day that is lost. Kept nowhere. */
  readonly recoveryKey: string;
}

/** Keys that are written nowhere yet. */
interface NewEmbeddedKeys extends MadeKeyFile {
  readonly ring: KeyRing;
  readonly keys: EmbeddedKeys;
}

/**
 * Makes an owner's key file, as `openEmbedded` does when there is none.
 * @throws FogboundError `OBJECT_EXISTS` when there is a file already, `STORE_REFUSED`, `STORE_FULL`. TypeError for an empty
 * passphrase.
 */
export async function createEmbeddedKeyFile(
  path: string,
  passphrase: string,
  cost: PassphraseCost = {},
): Promise<MadeKeyFile> {
  const { ring, owner, recoveryKey } = await newEmbeddedKeys();
  await writeKeyFile(path, ring, passphrase, cost);
  return { owner, recoveryKey };
}

export async function newEmbeddedKeys(): Promise<NewEmbeddedKeys> {
  const { keys, recovery } = await generateOwnerKeys();
  const { keys: authorities } = await createAuthorityGroup(1, 1);
  const secrets = ownerSecrets(keys);
  for (const name of ["host", "receipt", "log"]) secrets.set(name, generateSigningKey().secretKey);
  for (const authority of authorities) secrets.set("authority", encodeAuthorityKeys(authority));
  const ring: KeyRing = { kind: "owner", secrets };
  const owner = ownerIdOf(keys.root.publicKey);
  return { ring, keys: await embeddedKeysOf(ring), owner, recoveryKey: formatRecoveryKey(recovery) };
}

/** @returns null when there is no key file. @throws as `readKeyFile`, and `KEY_WRONG` for the key file of somebody else. */
export async function readEmbeddedKeys(path: string, passphrase: string): Promise<EmbeddedKeys | null> {
  const ring = await readKeyFile(path, passphrase);
  return ring === null ? null : embeddedKeysOf(ring);
}

async function embeddedKeysOf(ring: KeyRing): Promise<EmbeddedKeys> {
  const signing = (name: string): SigningKey => signingKeyFromSeed(secretOf(ring, "owner", name));
  const authority = await decodeAuthorityKeys(secretOf(ring, "owner", "authority"));
  // One of one: its share is the master secret, and the commitment to it the master public key.
  const group: AuthorityGroup = {
    threshold: 1,
    publicKey: authority.master.commitment,
    members: [memberOf(authority)],
  };
  return {
    owner: await ownerKeysOf(ring),
    host: signing("host"),
    authority,
    group,
    receiptKey: signing("receipt"),
    logKey: signing("log"),
  };
}

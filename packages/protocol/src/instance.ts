import { type SigningKey, utf8 } from "@fogbound/crypto";
import {
  bytes32,
  type Codec,
  embedded,
  type Format,
  format,
  identifier,
  instant,
  nullable,
  oneOf,
  struct,
  unsigned,
} from "./codec.js";
import { type CapsuleId, derivedIdentifier, type HostId, type InstanceId } from "./identifiers.js";
import { type Place, place } from "./place.js";
import { type Claim, type Signed, signed } from "./signed.js";

/** The last record of a chain. */
export interface ChainTip {
  readonly instance: InstanceId;
  readonly epoch: number;
  readonly number: number;
  readonly hash: Uint8Array;
}

export const chainTip: Codec<ChainTip> = struct<ChainTip>({
  instance: identifier("ins"),
  epoch: unsigned(),
  number: unsigned(),
  hash: bytes32,
});

/** One running process takes up a capsule at a host, under a key that is never written down. */
export interface Registration {
  readonly suite: 1;
  readonly capsule: CapsuleId;
  readonly host: HostId;
  readonly instance: InstanceId;
  readonly instanceKey: Uint8Array;
  /** A fresh X25519 key to which the host part's key is sealed. */
  readonly recipient: Uint8Array;
  /** The authority's: a registration cannot be replayed. */
  readonly nonce: Uint8Array;
  readonly time: number;
  readonly place: Place;
  /** Where the instance before it stopped, when this one is a restart. */
  readonly previous: ChainTip | null;
}

const payload: Format<Registration> = format(
  "registration",
  struct<Registration>({
    suite: oneOf(1),
    capsule: identifier("cap"),
    host: identifier("hst"),
    instance: identifier("ins"),
    instanceKey: bytes32,
    recipient: bytes32,
    nonce: bytes32,
    time: instant,
    place,
    previous: nullable(chainTip),
  }),
);

const byInstance: Signed<Registration> = signed(payload);

interface Countersigned {
  readonly suite: 1;
  readonly registration: Uint8Array;
}

const byHost: Signed<Countersigned> = signed(
  format("registration-by-host", struct<Countersigned>({ suite: oneOf(1), registration: embedded })),
);

/** Signed by both: the instance key shows it is held, the host's key that the host stands for it. */
export const registration: {
  sign(value: Registration, instanceKey: SigningKey, hostKey: SigningKey): Promise<Uint8Array>;
  verify(bytes: Uint8Array, hostKey: Uint8Array): Promise<Registration>;
  read(bytes: Uint8Array): Omit<Claim<Registration>, "verify">;
} = {
  async sign(value, instanceKey, hostKey) {
    return byHost.sign({ suite: 1, registration: await byInstance.sign(value, instanceKey) }, hostKey);
  },
  async verify(bytes, hostKey) {
    const inner = (await byHost.verify(bytes, hostKey)).registration;
    const claimed = byInstance.read(inner).value;
    return byInstance.verify(inner, claimed.instanceKey);
  },
  read(bytes) {
    const outer = byHost.read(bytes);
    return { value: byInstance.read(outer.value.registration).value, signer: outer.signer };
  },
};

/** An instance's id is its key and its capsule: the same key in two capsules is two instances. */
export function instanceIdOf(instanceKey: Uint8Array, capsule: CapsuleId): InstanceId {
  return derivedIdentifier("ins", "fogbound/v1/instance", instanceKey, utf8(capsule));
}

export function hostIdOf(hostKey: Uint8Array): HostId {
  return derivedIdentifier("hst", "fogbound/v1/host", hostKey);
}

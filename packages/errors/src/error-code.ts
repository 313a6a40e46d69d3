/**
 * Every way the world or an attacker can make a call fail. Codes are for ever; messages are not.
 * A bug of the caller is never one of these: it is a `TypeError` or a `RangeError`.
 *
 * The value says what happened; the key is what programs compare with.
 */
export const errorCodes = {
  STORE_UNREACHABLE: "The object store could not be reached, or did not answer in time.",
  STORE_REFUSED: "The object store refused the operation: credentials, permissions, or a read-only store.",
  STORE_UNSUITABLE: "The object store ignores a condition that Fogbound rests on, or is not a Fogbound store.",
  STORE_UNSUPPORTED: "The object store cannot do what this option asks for.",
  STORE_FULL: "The object store has no room left, or a quota is used up.",
  OBJECT_EXISTS: "Somebody else created this object first.",
  OUTCOME_UNKNOWN: "A write was sent and its outcome could not be learnt by reading back either.",
  CAPSULE_NOT_FOUND: "The store has proved that it holds no capsule of this id.",
  ITEM_NOT_FOUND: "The capsule has no item of this name or id.",
  FORMAT_INVALID: "The bytes are not what this format allows, or carry a field it does not know.",
  FORMAT_TOO_NEW: "The bytes are in a newer version of the format than this release reads.",
  VERIFICATION_FAILED: "A signature, a hash or an authentication tag does not match.",
  MANIFEST_STALE: "Another version of the capsule's manifest is in force.",
  POLICY_INVALID: "The policy does not parse, or is not valid under Fogbound's schema.",
  KEY_LOCKED: "The key file needs a passphrase, or the one given is wrong.",
  KEY_WRONG: "The key is not one this operation can be done with.",
  READER_UNPROVED: "The evidence does not prove that the request comes from the reader it names.",
  HOST_UNPROVED: "The evidence does not prove that the host is one the manifest names.",
  RECORD_NOT_DURABLE: "The record of this access could not be made durable, so nothing was released.",
  CLOCK_UNTRUSTED: "A clock is too far from the others, or ran backwards.",
  AUTHORITY_UNREACHABLE: "The authority could not be reached, or did not answer in time.",
  HARMONIZER_UNREACHABLE: "The harmonizer could not be reached, or did not answer in time.",
  RATE_LIMITED: "Too many attempts; wait before the next one.",
} as const;

export type ErrorCode = keyof typeof errorCodes;

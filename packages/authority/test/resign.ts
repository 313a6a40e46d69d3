import { type CborValue, decodeCbor, encodeCbor, readCose, type SigningKey, signCose } from "@fogbound/crypto";

/** A map of CBOR with one field more, or another value for one. */
export function withField(bytes: Uint8Array, field: string, value: CborValue): Uint8Array {
  const map = decodeCbor(bytes);
  if (!(map instanceof Map)) throw new Error("expected a map");
  return encodeCbor(new Map([...map, [field, value]]));
}

/** The same signed thing with a field changed, signed by the real key of whoever may sign it. */
export function resigned(bytes: Uint8Array, key: SigningKey, field: string, value: CborValue): Promise<Uint8Array> {
  const { contentType, payload } = readCose(bytes);
  const name = /^application\/vnd\.fogbound\.(.+)\+cbor$/.exec(contentType)?.[1];
  return signCose({ context: `fogbound/v1/${name}`, contentType, payload: withField(payload, field, value), key });
}

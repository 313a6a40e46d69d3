import { type Codec, nullable, struct, text } from "./codec.js";

/** Where a request came from. Who says so depends on where it stands: in a request the reader, in a record the host. */
export interface Place {
  /** An IPv4 or IPv6 address, as text. */
  readonly address: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
}

export const place: Codec<Place> = struct<Place>({ address: nullable(text(64)), country: nullable(text(2)) });

export const nowhere: Place = { address: null, country: null };

import { type Codec, flag, list, oneOf, struct, unsigned } from "@fogbound/protocol/codec";
import { anyText, encoding, prose } from "./model-codec.js";
import type { Block, MailHeader, TextModel } from "./text-model.js";

export const block: Codec<Block> = struct<Block>({
  lead: anyText,
  size: unsigned(100_000),
  sentences: unsigned(100_000),
  end: anyText,
  upper: flag,
  gap: unsigned(20),
});

export const text: Codec<TextModel> = struct<TextModel>({
  kind: oneOf("text"),
  encoding,
  lineEnd: oneOf("\n", "\r\n", "\r"),
  headers: list(
    struct<MailHeader>({
      name: anyText,
      kind: oneOf("address", "date", "message-id", "subject", "as-it-is"),
      value: anyText,
    }),
    { most: 64 },
  ),
  width: unsigned(1000),
  blocks: list(block, { most: 65_536 }),
  prose,
});

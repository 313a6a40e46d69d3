import { toHex } from "@fogbound/crypto";
import type { Context } from "./context.js";
import { paper } from "./findings.js";
import type { OpenedRecord } from "./records.js";

type OfRequest = Extract<OpenedRecord, { kind: "asked" | "answered" }>;

/**
 * Each manifest says who may read the records of requests that are signed over it, and every writer begins an epoch for them:
 * in an older one, whom the owner took out reads on, and whom he added reads nothing.
 */
export function judgeEpochOf({ manifests, findings }: Context, { papers, stand, kind }: OfRequest): void {
  const known = papers === null ? undefined : manifests.byHash.get(toHex(papers.request.manifest));
  const { instance, epoch, number } = stand.header;
  const begun = stand.chain.begun.get(epoch);
  if (papers === null || known === undefined || begun === undefined || begun.version === known.value.version) return;
  const sentence = `Record ${number} (${kind}) of ${instance} is of a request over manifest ${known.value.version}, in an epoch begun under ${begun.version}.`;
  findings.add("HEAD_INVALID", "broken", sentence, [
    `header sha256 ${stand.hash}`,
    paper("request", papers.requestBytes),
  ]);
}

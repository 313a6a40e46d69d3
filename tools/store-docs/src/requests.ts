/** What a store was asked, in the order in which it came. */
export interface Requests {
  /** Those since the last call. */
  take(): readonly string[];
}

/** What tells requests of one method apart, at S3 and at Azure. */
const telling = ["versioning", "versions", "versionId", "uploads", "partNumber", "uploadId", "list-type", "comp"];

/** "GET ?versions", "PUT ?comp=block": the method, and what of the query makes it another request. */
export function requestName(method: string, url: string): string {
  const query = new URL(url, "http://host").searchParams;
  const name = telling.find((one) => query.has(one));
  if (name === undefined) return method;
  return `${method} ?${name === "comp" || name === "list-type" ? `${name}=${query.get(name)}` : name}`;
}

/** "PUT ?partNumber, 3 times" for what comes more than once; those that go side by side stand where the first did. */
export function told(requests: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const request of requests) counts.set(request, (counts.get(request) ?? 0) + 1);
  const parts = [...counts].map(([request, count]) => `\`${request}\`${count === 1 ? "" : ` × ${count}`}`);
  return parts.length === 0 ? "none" : parts.join(", ");
}

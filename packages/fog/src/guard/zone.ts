const formats = new Map<string, Intl.DateTimeFormat>();

/** Minutes that clocks in an IANA time zone are ahead of UTC at this time; null for a zone this runtime does not know. */
export function minutesAhead(zone: string | null, time: number): number | null {
  if (zone === null) return null;
  try {
    const format = formats.get(zone) ?? new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" });
    formats.set(zone, format);
    const name = format.formatToParts(time).find(({ type }) => type === "timeZoneName")?.value ?? "";
    const [, sign, hours, minutes] = /^GMT(?:([+-])(\d{2}):(\d{2}))?/.exec(name) ?? [];
    return (sign === "-" ? -1 : 1) * (60 * Number(hours ?? 0) + Number(minutes ?? 0));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

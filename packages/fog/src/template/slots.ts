const open = "\u{e000}";
const close = "\u{e001}";
const any = /\u{e000}([^\u{e001}]*)\u{e001}/gu;

/** A place in the XML of a model that a decoy fills; the name may carry parameters behind colons. */
export function slot(name: string): string {
  return `${open}${name}${close}`;
}

/** @param resolve - XML for a slot. */
export function filled(template: string, resolve: (name: string) => string): string {
  return template.replaceAll(any, (_, name: string) => resolve(name));
}

/** The names of the slots in a template, in their order. */
export function slotsIn(template: string): string[] {
  return [...template.matchAll(any)].map(([, name = ""]) => name);
}

export function withoutSlots(text: string): string {
  return text.replaceAll(open, "").replaceAll(close, "");
}

import type { Attributes } from "./xml.js";

const namespace =
  /^(?:https?:\/\/(?:schemas\.(?:openxmlformats|microsoft)\.(?:org|com)|purl\.(?:org|oclc\.org)|www\.w3\.org)\/|urn:schemas-microsoft-com:)[\w./:#-]*$/;
const plain = /^[-\w .:%+#,]{0,48}$/;

/** Namespaces and values of a few plain characters: everything else may say what is nobody's business. */
export function plainAttributes(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name, value]) => isPlainAttribute(name, value)));
}

/** Whoever makes a namespace of his own puts his name in it, however short and plain. */
export function isPlainAttribute(name: string, value: string): boolean {
  return /^xmlns(?::|$)/.test(name) ? namespace.test(value) : isPlainValue(value);
}

export function isPlainValue(value: string): boolean {
  return plain.test(value) || namespace.test(value);
}

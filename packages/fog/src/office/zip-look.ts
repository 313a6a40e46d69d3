/** What a program that writes ZIP shows of itself in an entry (APPNOTE 6.3). */
export interface EntryLook {
  /** Version and system, as `version made by` has them. */
  readonly madeBy: number;
  readonly needed: number;
  /** Of the general purpose flags, the ones without a secret: how it was deflated, a descriptor behind it, UTF-8. */
  readonly flags: number;
  /** Of the file system it came from. */
  readonly attributes: number;
  readonly isStored: boolean;
  /** Whether the entry has a time; else it is the first there is, of 1980. */
  readonly isDated: boolean;
  /** Bytes of the growth hint that Microsoft's programs put in front (ISO/IEC 29500-2, annex C); 0 for none. */
  readonly growth: number;
}

export const usualFlags: number = 0x080e;
export const descriptorFlag: number = 0x0008;
export const growthHint: number = 0xa220;
export const growthSignature: number = 0xa028;

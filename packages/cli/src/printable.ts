/**
 * Text by others, fit for a terminal: names and purposes are chosen by strangers, and an escape sequence or a
 * right-to-left override among them could repaint an audit's table.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => {
    const point = character.codePointAt(0) ?? 0;
    return `\\u{${point.toString(16)}}`;
  });
}

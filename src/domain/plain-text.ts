/**
 * Text that shows what it says. Control characters drive terminals, marks of direction turn what is read around, and half a character is
 * refused by stores and by those who deliver messages.
 */

/** Controls, halves of characters, line and paragraph ends of Unicode, marks that turn the direction of text. */
const HIDDEN = /[\p{Cc}\p{Cs}\u2028\u2029\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069]/gu

/** The text as one line without anything hidden. */
export function plainLine(text: string): string {
  return text.replaceAll(HIDDEN, ' ')
}

/** The text with `put(character)` for whatever is hidden in it; line ends stay. */
export function withoutHidden(text: string, put: (character: string) => string = () => '\uFFFD'): string {
  return text.replaceAll(HIDDEN, (character) => (character === '\n' ? character : put(character)))
}

/** Digits in groups for the eye. Pure: text in, text out. */

/** `-12345.678` as `−12 345.678`, in groups of three by thin spaces; no digit gained or lost. */
export function groupedText(value: string): string {
  const [, sign = '', whole = value, fraction = ''] = /^(-?)(\d+)(\.\d+)?$/.exec(value) ?? []
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, '\u202f')
  return `${sign === '-' ? '\u2212' : ''}${grouped}${fraction}`
}

/** Without its fraction, cut towards 0: room is never shown larger than it is. */
export function wholeText(value: string): string {
  const whole = value.replace(/\..*$/, '')
  return groupedText(whole === '-0' ? '0' : whole)
}

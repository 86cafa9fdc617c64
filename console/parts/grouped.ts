/** Digits in groups for the eye. Pure: text in, text out, no digit gained or lost. */

/** `-12345.678` as `−12 345.678`, in groups of three by thin spaces. */
export function groupedText(value: string): string {
  const [, sign = '', whole = value, fraction = ''] = /^(-?)(\d+)(\.\d+)?$/.exec(value) ?? []
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, '\u202f')
  return `${sign === '-' ? '\u2212' : ''}${grouped}${fraction}`
}

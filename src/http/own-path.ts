/** Where a login leads: a path of this server, or its first page. An address that a browser could read as another server's is never followed. */

/** The path, query and fragment of this server that `text` means; `/` when it means anything else. */
export function ownPath(text: unknown): string {
  if (typeof text !== 'string' || text.length > 2_000) return '/'
  // Browsers read "//host" and "/\host" as other servers, and drop tabs and line ends before they look.
  if (!/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text)) return '/'
  const base = 'http://own.invalid'
  if (!URL.canParse(text, base)) return '/'
  const url = new URL(text, base)
  return url.origin === base && !url.pathname.startsWith('//') ? `${url.pathname}${url.search}${url.hash}` : '/'
}

/** The login page that leads to a path afterwards. */
export function loginFor(path: string): string {
  return `/login?next=${encodeURIComponent(ownPath(path))}`
}

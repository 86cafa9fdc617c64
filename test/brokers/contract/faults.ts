/** What befalls requests on any venue; each venue's contract test adds what only that venue does. */

/** Faults of a transmission by name, and whether the venue acted on it. */
export const SEND_FAULTS_ANYWHERE = {
  'a lost request': { acted: false, fault: { kind: 'lose-request' } },
  'a lost response': { acted: true, fault: { kind: 'lose-response' } },
  'a 502 although it was executed': { acted: true, fault: { kind: 'error-after-commit' } },
  'a 500 without effect': { acted: false, fault: { kind: 'error' } },
  'a 429': { acted: false, fault: { kind: 'rate-limit' } },
  'silence without effect': { acted: false, fault: { kind: 'hang' } },
  'silence although it was executed': { acted: true, fault: { kind: 'hang', processed: true } },
  'garbage although it was executed': { acted: true, fault: { kind: 'garbage' } },
  'garbage without effect': { acted: false, fault: { kind: 'garbage', processed: false } },
} as const

/** Faults of a read by name. */
export const READ_FAULTS_ANYWHERE = {
  'dropped connections': { kind: 'lose-response' },
  'HTTP 500': { kind: 'error' },
  'a rate limit': { kind: 'rate-limit' },
  'bodies that are no JSON': { kind: 'garbage' },
  'null bodies': { kind: 'garbage', body: 'null' },
  silence: { kind: 'hang' },
} as const

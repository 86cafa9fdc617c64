/** What can go wrong on the way to a message service. */

/** It did not take or give anything that we know of: what was asked may or may not have happened, so it is asked again. */
export class PubsubUnavailable extends Error {
  override readonly name = 'PubsubUnavailable'
}

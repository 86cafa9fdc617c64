/**
 * Folds a position chain into episodes. Pure; the same fold serves the reconciler and the replay of files. Every leg of
 * every fill lands in exactly one episode, so sums over episodes equal sums over fills, gaps or not.
 */
import { ZERO, decimal } from './decimal.ts'
import type { EntryRule } from './entry-rule.ts'
import { exactEntry } from './entry-rule.ts'
import type { Episode } from './episode.ts'
import { EpisodeDraft } from './episode-draft.ts'
import type { EpisodeOptions } from './episode-options.ts'
import { type Fill, type FillEffect, type FillLeg, effectOf, legsOf } from './fill.ts'
import type { ChainGap, FillChain } from './fill-chain.ts'

/** Builds the episodes of one chain, in order; the last one may still be open. */
export function buildEpisodes(chain: FillChain, options: EpisodeOptions = {}): Episode[] {
  const entryRule = options.entryRule ?? exactEntry
  const gapBefore = new Map<string, ChainGap>(chain.gaps.map((gap) => [gap.beforeFillId, gap]))
  const drafts: EpisodeDraft[] = []
  let current: EpisodeDraft | null = null
  for (const fill of chain.fills) {
    const effect = effectOf(fill)
    const gap = gapBefore.get(fill.fillId)
    if (gap !== undefined && current !== null) current = acrossGap(current, gap)
    for (const leg of legsOf(fill, effect)) {
      if (current === null) {
        current = startsFlat(effect, leg) ? beginFlat(fill, effect, entryRule) : beginInside(fill, effect, gap)
        drafts.push(current)
      }
      current.add(leg, chain.tied.has(fill.fillId))
      if (current.isFlat) current = null
    }
  }
  return drafts.map((draft) => draft.finish(options))
}

/** The draft that goes on after missing fills; null when its end is among them. */
function acrossGap(draft: EpisodeDraft, gap: ChainGap): EpisodeDraft | null {
  const seen = decimal(gap.seen)
  if (!seen.isZero() && seen.isNegative() === decimal(gap.expected).isNegative()) {
    draft.breakInside(gap)
    return draft
  }
  draft.endInGap(gap)
  return null
}

/** An opening leg starts flat when the fill found nothing or has just closed what it found. */
function startsFlat(effect: FillEffect, leg: FillLeg): boolean {
  return leg.role === 'open' && (effect.start.isZero() || !effect.closed.isZero())
}

function beginFlat(fill: Fill, effect: FillEffect, entryRule: EntryRule): EpisodeDraft {
  return new EpisodeDraft(fill, effect.after.isNegative() ? 'short' : 'long', entryRule(), ZERO)
}

function beginInside(fill: Fill, effect: FillEffect, gap: ChainGap | undefined): EpisodeDraft {
  const draft = new EpisodeDraft(fill, effect.start.isNegative() ? 'short' : 'long', null, effect.start.abs())
  draft.beginInside(gap ?? null)
  return draft
}

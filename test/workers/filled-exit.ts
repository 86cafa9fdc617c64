/** A venue's answer to our exit. */
import type { SendOutcome } from '#brokers/broker.ts'
import { NOW, d } from '#test/domain/samples.ts'
import { EXIT } from './truth-desk.ts'

/** The venue says that it took our exit and filled all of it. */
export const FILLED_EXIT = {
  kind: 'accepted',
  reports: [
    {
      result: 'accepted',
      clientOrderId: EXIT,
      venueOrderId: '2',
      status: 'filled',
      filledSize: d('1'),
      averagePrice: d('110'),
    },
  ],
  evidence: { kind: 'acknowledgement', at: NOW, detail: 'filled' },
} as const satisfies SendOutcome

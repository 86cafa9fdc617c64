/** What a dry run foresees is what the next sweep finds and does, and asking changes nothing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Book } from '#book/book.ts'
import { BrokerUnavailable } from '#brokers/errors.ts'
import { NOW, aBrokerOrder } from '#test/domain/samples.ts'
import { previewSweep, type SweepPreview } from '#workers/preview-sweep.ts'
import { ACCOUNT, BOUGHT, type TruthDesk, openTruthDesk, sold } from './truth-desk.ts'

const previewOf = async ({ book, tools }: TruthDesk): Promise<SweepPreview> =>
  await previewSweep({
    book: readOnly(book),
    broker: tools.account(ACCOUNT).broker,
    now: tools.now,
    pause: async (ms) => await tools.pause(ms),
  })

/** The book without its only way to change. */
function readOnly(book: Book): Book {
  const commit = async (): Promise<never> => assert.fail('a dry run committed')
  return {
    load: async (kind, id) => await book.load(kind, id),
    loadMany: async (kind, ids) => await book.loadMany(kind, ids),
    list: async (kind, query) => await book.list(kind, query),
    commit,
    close: commit,
  }
}

const CASES: readonly {
  readonly title: string
  readonly arrange: (desk: TruthDesk) => Promise<void> | void
  readonly would: Readonly<Record<string, readonly string[]>>
}[] = [
  { title: 'nothing anywhere', arrange: () => undefined, would: {} },
  {
    title: 'what the book holds is held',
    arrange: async (desk) => {
      await desk.hold()
      desk.venue.held = { 'BTC-PERP': '1' }
    },
    would: {},
  },
  {
    title: 'a position closed behind the book',
    arrange: async (desk) => {
      await desk.hold()
      desk.venue.fills = [BOUGHT, sold({ clientOrderId: null })]
    },
    would: { orphan: ['rebuild the exit of pos-1 from fills; a critical alert follows once they prove it'] },
  },
  {
    title: 'a position of nobody',
    arrange: (desk) => {
      desk.venue.held = { 'ETH-PERP': '2' }
    },
    would: {
      'unexpected-position': ['raise alert unexpected-position', 'lock entries of ETH-PERP; exits go on'],
    },
  },
  {
    title: 'another size',
    arrange: async (desk) => {
      await desk.hold()
      desk.venue.held = { 'BTC-PERP': '3' }
    },
    would: { 'size-drift': ['raise alert size-drift', 'lock entries of BTC-PERP; exits go on'] },
  },
  {
    title: 'the other side',
    arrange: async (desk) => {
      await desk.hold()
      desk.venue.held = { 'BTC-PERP': '-1' }
    },
    would: {
      'side-drift': [
        'rebuild the exit of pos-1 from fills; a critical alert follows once they prove it',
        'raise alert side-drift',
        'lock entries of BTC-PERP; exits go on',
      ],
    },
  },
  {
    title: 'a working order of nobody',
    arrange: (desk) => {
      desk.venue.open = [aBrokerOrder({ clientOrderId: null })]
    },
    would: { 'foreign-order': ['raise alert foreign-order', 'lock entries of BTC-PERP; exits go on'] },
  },
]

for (const { title, arrange, would } of CASES) {
  test(`${title}: the dry run says what the sweep then finds, alerts and locks`, async () => {
    await using desk = await openTruthDesk()
    await arrange(desk)
    const foreseen = await previewOf(desk)
    const told = Object.fromEntries(
      foreseen.findings.map((found) => [
        found.kind,
        found.would.map((step) => step.replace(String(found.positionId), 'pos-1')),
      ]),
    )
    assert.deepEqual(told, would)
    const swept = await desk.sweep()
    assert.deepEqual(
      swept.findings,
      foreseen.findings.map(({ would: _would, ...finding }) => finding),
    )
    assert.deepEqual(swept.compared, foreseen.compared)
    const steps = Object.values(would).flat()
    for (const lock of await desk.locks()) assert.ok(steps.includes(`lock entries of ${lock}; exits go on`), lock)
    for (const alert of await desk.alerts())
      assert.ok(steps.includes(`raise alert ${alert.split(' ')[1] ?? ''}`), alert)
    assert.equal((await desk.locks()).length, steps.filter((step) => step.startsWith('lock ')).length)
    assert.equal((await desk.alerts()).length, steps.filter((step) => step.startsWith('raise ')).length)
  })
}

test('after the sweep the dry run has nothing new to say, and foresees the lifting of a lock whose cause is gone', async () => {
  await using desk = await openTruthDesk()
  desk.venue.held = { 'ETH-PERP': '2' }
  await desk.sweep()
  const again = await previewOf(desk)
  assert.deepEqual(again.findings[0]?.would, [
    'nothing new: alert unexpected-position stands already',
    'entries of ETH-PERP stay locked',
  ])
  assert.deepEqual(again.lifts, [])
  desk.venue.held = {}
  const { lifts } = await previewOf(desk)
  assert.deepEqual(
    lifts.map(({ instrument }) => instrument),
    ['ETH-PERP'],
  )
  await desk.sweep()
  assert.deepEqual(await desk.locks(), [])
})

test('a difference that only one look saw is none; fills that are not in the book are counted', async () => {
  await using desk = await openTruthDesk()
  await desk.sweep()
  desk.venue.fills = [{ ...BOUGHT, time: NOW + 1001 }]
  desk.venue.held = { 'ETH-PERP': '2' }
  desk.betweenLooks = () => {
    desk.venue.held = {}
  }
  const { findings, unreadFills } = await previewOf(desk)
  assert.deepEqual([findings, unreadFills], [[], 1])
})

test('a broker that does not answer is no finding and no agreement', async () => {
  await using desk = await openTruthDesk()
  desk.venue.down.add('readAccount')
  await assert.rejects(previewOf(desk), BrokerUnavailable)
})

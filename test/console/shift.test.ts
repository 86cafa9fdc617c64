/**
 * One shift of an operator, in a real browser on a real paper installation: drift appears, its alert is acknowledged, it heals; entries are
 * halted, a trade is denied, everything is flattened, entries are re-armed; and all of it stands in the audit trail.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { eventually } from '#test/support/eventually.ts'
import { assertProven } from '#test/support/audit-proof.ts'
import { openBrowser } from './browser.ts'
import { type ConsoleDesk, VIEWER_TOKEN, openConsoleDesk } from './console-desk.ts'
import { closeDialog, confirmAction, goTo, takeSeat, verdictIs } from './seat.ts'

let desk: ConsoleDesk
let browser: Browser
let page: Page
let complaints: string[]
let btc: string

before(async () => {
  desk = await openConsoleDesk()
  browser = await openBrowser()
  const seat = await takeSeat(browser, desk)
  page = seat.page
  complaints = seat.complaints
  const [sent] = await Promise.all([desk.open('trend', 'BTC', '0.05'), desk.open('carry', 'ETH', '2', 'short')])
  btc = sent.accounts[0]?.position_id ?? ''
})

after(async () => {
  await browser.close()
  await desk[Symbol.asyncDispose]()
})

test('the first screen says that it is paper and that the book is true, account by account', async () => {
  await page.locator('.account', { hasText: 'BTC-PERP' }).locator('td', { hasText: 'long 0.05' }).first().waitFor()
  assert.match(await verdictIs(page, 'equal'), /Book equals broker at 3 of 3 accounts, checked \d+ s ago/)
  assert.match(await page.locator('.mode').innerText(), /PAPER/)
  assert.match(await page.title(), /^PAPER = · overview/)
  assert.equal(await page.locator('.account').count(), 3)
})

test('nothing moves under the pointer: a new row waits behind a button, and comes when the pointer leaves', async () => {
  const panel = page.locator('.account', { has: page.locator('h2', { hasText: 'hl-main' }) })
  await panel.locator('td', { hasText: 'BTC-PERP' }).hover()
  await desk.open('trend', 'SOL', '40')
  await panel.getByRole('button', { name: '1 change waiting' }).waitFor()
  assert.equal(await panel.locator('td', { hasText: 'SOL-PERP' }).count(), 0)
  await page.mouse.move(5, 400)
  await panel.locator('td', { hasText: 'SOL-PERP' }).waitFor()
  assert.equal(await panel.getByRole('button', { name: /waiting/ }).count(), 0)
})

test('an unexpected position is drift, unmistakably, with what may be done about it', async () => {
  desk.byHand('hl-main', 'ETH', { side: 'B', sz: '1.5' })
  assert.match(await verdictIs(page, 'drift'), /hl-main: ETH-PERP book flat, broker long 1.5/)
  assert.match(await page.title(), /^PAPER ≠ DRIFT/)
  const row = page.locator('tr.row-drift')
  assert.match(await row.innerText(), /UNEXPECTED/)
  for (const name of [/^Adopt/, /^Ignore/, /^Sweep again/]) await row.getByRole('button', { name }).waitFor()
})

test('a viewer sees the same, and each button says which role it needs', async () => {
  const seat = await takeSeat(browser, desk, { token: VIEWER_TOKEN })
  await verdictIs(seat.page, 'drift')
  const adopt = seat.page.locator('tr.row-drift').getByRole('button', { name: /^Adopt/ })
  assert.equal(await adopt.getAttribute('aria-disabled'), 'true')
  await adopt.click({ force: true })
  await seat.page.locator('.said', { hasText: 'Needs the role admin; vera is viewer.' }).waitFor()
  assert.equal(await seat.page.locator('dialog').count(), 0)
  assert.deepEqual(seat.complaints, [])
  await seat.page.context().close()
})

test('the critical alert is acknowledged from its deep link, and still stands because its cause does', async () => {
  const alerts = await desk.truebook.book.list('alerts', {
    where: { active: true },
    orderBy: { field: 'raisedAt', direction: 'descending' },
  })
  const alert = alerts.find(({ row }) => row.kind === 'unexpected-position')
  await goTo(page, `#/alerts/${alert?.id}`)
  await page
    .locator('.alert-detail')
    .getByRole('button', { name: /^Acknowledge/ })
    .click()
  assert.match(await confirmAction(page, 'hedge of the desk, being closed'), /acknowledged; it stands/)
  await closeDialog(page)
  await page.locator('.alert-detail', { hasText: 'seen by operator' }).waitFor()
  await page.locator('.standing', { hasText: '+1 acknowledged' }).waitFor()
})

test('it heals when somebody closes it at the venue', async () => {
  await goTo(page, '#/')
  desk.byHand('hl-main', 'ETH', 'close')
  await verdictIs(page, 'equal')
  await page.locator('.account-drift').waitFor({ state: 'detached' })
})

test('an ignored position stays on the screen, is no drift, and can be taken back', async () => {
  desk.byHand('hl-carry', 'BTC', { side: 'B', sz: '0.01' })
  await verdictIs(page, 'drift')
  await page
    .locator('tr.row-drift')
    .getByRole('button', { name: /^Ignore/ })
    .click()
  await confirmAction(page, 'the treasury holds it')
  await closeDialog(page)
  assert.match(await verdictIs(page, 'equal'), /1 ignored/)
  const row = page.locator('tr', { hasText: 'IGNORED' })
  await row.getByRole('button', { name: /^Stop ignoring/ }).click()
  await confirmAction(page, 'sold after all')
  await closeDialog(page)
  await verdictIs(page, 'drift')
  desk.byHand('hl-carry', 'BTC', 'close')
  await verdictIs(page, 'equal')
})

test('a halt is shown at once, and the next entry is denied by it', async () => {
  await page.keyboard.press('h')
  assert.match(await confirmAction(page, 'venue incident'), /halted; exits and stops go on/)
  await closeDialog(page)
  await page.locator('.standing', { hasText: 'HALTED' }).waitFor()
  const sent = await desk.client.sendSignal({
    kind: 'open',
    signal_id: 'while-halted',
    source: 'desk',
    strategy: 'trend',
    ts: Date.now(),
    instrument: 'ETH-PERP',
    side: 'long',
    size: { type: 'contracts', value: '1' },
    stop_loss: { distance_bps: 300 },
  })
  const outcome = await eventually(
    async () => {
      const answer = await desk.client.outcome(sent.signal_key)
      return answer?.accounts[0]?.status !== 'pending' && answer?.accounts[0]
    },
    { what: 'the signal to be decided' },
  )
  assert.deepEqual([outcome.status, outcome.gate], ['denied', 'trading-enabled'])
})

test('flatten shows its blast radius, wants the name typed, and ends everything', async () => {
  await goTo(page, '#/actions')
  await page.getByRole('button', { name: 'Flatten: every account' }).click()
  const dialog = page.locator('dialog.action')
  await dialog.locator('.touched li').nth(2).waitFor()
  const confirm = dialog.locator('button.grave')
  await dialog.locator('input[name=why]').fill('end of day')
  assert.equal(await confirm.getAttribute('aria-disabled'), 'true', 'without the typed name')
  assert.match(await confirmAction(page, 'end of day', 'all'), /flat|exit|close/i)
  await closeDialog(page)
  await goTo(page, '#/')
  // A pointer that rests on a table would hold its rows.
  await page.mouse.move(5, 400)
  await eventually(async () => (await page.locator('text=Flat, in the book and at the broker.').count()) === 3, {
    what: 'all three accounts to be flat on the screen',
    withinMs: 60_000,
  })
  assert.match(await verdictIs(page, 'equal'), /3 of 3/)
})

test('re-arming says what stands against it and wants the name typed', async () => {
  await goTo(page, '#/actions')
  await page.getByRole('button', { name: 'Re-arm entries: everything' }).click()
  assert.match(await confirmAction(page, 'incident over', 'all'), /allowed again/)
  await closeDialog(page)
  await page.locator('.standing', { hasText: 'enabled' }).waitFor()
})

test('all of it stands in the audit trail, and the chains are whole', async () => {
  await goTo(page, '#/audit')
  for (const text of ['acknowledge', 'halt', 'open denied', 'flatten', 'resume'])
    await page.locator('td', { hasText: text }).first().waitFor()
  await assertProven(desk.truebook.book, 3)
})

test('a position tells its life in order, with the ids and the words of the venue', async () => {
  await goTo(page, `#/positions/${btc}`)
  await page.locator('.event-ledger').waitFor()
  const what = await page.locator('.event-what').allInnerTexts()
  const order = ['signal', 'intent', 'sent', 'evidence', 'fill', 'ledger']
  const places = order.map((one) => what.indexOf(one))
  assert.ok(
    places.every((place) => place >= 0),
    `Expected ${order.join()}, saw ${what.join()}`,
  )
  assert.deepEqual([what[0], what.at(-1) === 'signal'], ['signal', false])
  const fill = page.locator('.event-fill').first()
  await fill.locator('summary').click()
  assert.match(await fill.locator('pre').innerText(), /"oid"/)
})

test('the page broke no policy, threw nothing and asked nobody else', () => {
  assert.deepEqual(complaints, [])
})

test('a venue that answers no more makes its account UNKNOWN, never equal', async () => {
  await goTo(page, '#/')
  await desk.loseBybit()
  assert.match(await verdictIs(page, 'unknown'), /hyro: broker not read for \d+ s/)
  await page.locator('.account-unknown', { hasText: 'hyro' }).locator('.fact.bad', { hasText: 'INCOMPLETE' }).waitFor()
})

test('a server that goes is told at once, and what is shown greys out', async () => {
  await goTo(page, '#/')
  await desk.truebook.close(2000)
  await page.locator('.connection-lost').waitFor()
  assert.match(await verdictIs(page, 'unknown'), /connection to Truebook lost; what you see is old/)
  await page.locator('main.old').waitFor()
  assert.match(await page.title(), /UNKNOWN/)
})

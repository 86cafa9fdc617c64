/**
 * Whoever cannot see well, uses no mouse or sits at a phone reads the same: axe finds nothing on any screen, in light, in dark and at 360
 * px, nothing is wider than the screen, and the keyboard reaches everything and is caught nowhere.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { eventually } from '#test/support/eventually.ts'
import { openBrowser } from './browser.ts'
import { type ConsoleDesk, openConsoleDesk } from './console-desk.ts'
import { closeDialog, goTo, takeSeat, verdictIs } from './seat.ts'

const AXE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')
const SCREENS = ['', 'positions', 'alerts', 'equity', 'sweeps', 'orders', 'actions', 'audit'] as const

let desk: ConsoleDesk
let browser: Browser
let position: string
let alert: string

before(async () => {
  desk = await openConsoleDesk()
  browser = await openBrowser()
  const [sent, closed] = await Promise.all([
    desk.open('trend', 'BTC', '0.05'),
    desk.open('carry', 'SOL', '20', 'short'),
    desk.open('swing', 'ETH', '1'),
  ])
  position = sent.accounts[0]?.position_id ?? ''
  assert.ok(closed)
  desk.byHand('hl-carry', 'SOL', 'close')
  desk.byHand('hl-main', 'ETH', { side: 'A', sz: '2' })
})

after(async () => {
  await browser.close()
  await desk[Symbol.asyncDispose]()
})

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}

/** What axe has against the page as it is. It runs beside the page's own policy, as a tool of the browser does. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const found = await page.evaluate<Violation[]>(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)`,
  )
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary.replaceAll('\n', ' ')}`),
  )
}

/** How much wider than the window the page is, px. */
async function overhang(page: Page): Promise<number> {
  return await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
}

const LOOKS = [
  { name: 'light', options: { colorScheme: 'light' } },
  { name: 'dark', options: { colorScheme: 'dark' } },
  { name: 'a phone of 360 px', options: { colorScheme: 'light', viewport: { width: 360, height: 780 } } },
  { name: 'a phone in the dark', options: { colorScheme: 'dark', viewport: { width: 360, height: 780 } } },
] as const

for (const { name, options } of LOOKS) {
  test(`no screen has a violation or is wider than its window: ${name}`, async () => {
    const { page, complaints } = await takeSeat(browser, desk, options)
    await verdictIs(page, 'drift')
    alert ||= (await page.locator('.alert-lines a').first().getAttribute('href'))?.split('/').at(-1) ?? ''
    const found: string[] = []
    for (const screen of [...SCREENS, `positions/${position}`, `alerts/${alert}`]) {
      await goTo(page, `#/${screen}`)
      await eventually(async () => (await page.locator('.reading').count()) === 0, { what: `${screen} to be read` })
      found.push(...(await violations(page)).map((one) => `${screen}: ${one}`))
      const px = await overhang(page)
      if (px > 0) found.push(`${screen}: ${px} px too wide`)
    }
    await page.keyboard.press('?')
    found.push(...(await violations(page)).map((one) => `help: ${one}`))
    await closeDialog(page)
    await page.keyboard.press('h')
    await page.locator('dialog .radius').waitFor()
    found.push(...(await violations(page)).map((one) => `dialog: ${one}`))
    await closeDialog(page)
    assert.deepEqual([...new Set(found), ...complaints], [])
    await page.context().close()
  })
}

/** What has the focus: its name, and whether one can see that it has. */
async function focused(page: Page): Promise<{ readonly name: string; readonly seen: boolean }> {
  return await page.evaluate(`(() => {
    const one = document.activeElement
    const style = getComputedStyle(one.matches('.choice input') ? one.parentElement : one)
    const name = one.getAttribute('aria-label') || one.innerText || one.getAttribute('name') || one.tagName
    return { name: name.trim(), seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 }
  })()`)
}

test('the keyboard alone: skip, walk through everything, go to a screen, act and come back', async () => {
  const { page } = await takeSeat(browser, desk)
  await verdictIs(page, 'drift')
  await page.evaluate('document.activeElement.blur()')
  await page.keyboard.press('Tab')
  assert.match((await focused(page)).name, /Skip to the screen/)
  await page.keyboard.press('Enter')
  assert.equal(await page.evaluate('document.activeElement.id'), 'main')
  const names: string[] = []
  for (let step = 0; step < 80; step += 1) {
    await page.keyboard.press('Tab')
    if (await page.evaluate('document.activeElement === document.body')) break
    const { name, seen } = await focused(page)
    assert.ok(seen, `The focus on "${name}" cannot be seen.`)
    names.push(name)
  }
  assert.ok(names.length < 80, 'The walk ends: nothing catches the keyboard.')
  for (const wanted of [/^Sweep again/, /^Adopt/, /^Ignore/, /^Flatten/])
    assert.ok(
      names.some((name) => wanted.test(name)),
      `Expected ${wanted} to be reached, saw ${names.join(' | ')}`,
    )
  await page.keyboard.press('g')
  await page.keyboard.press('a')
  await page.locator('main h1', { hasText: 'Alerts' }).waitFor()
  const acknowledge = page.getByRole('button', { name: /^Acknowledge/ }).first()
  await acknowledge.focus()
  await page.keyboard.press('Enter')
  await page.locator('dialog .radius').waitFor()
  assert.equal(await page.evaluate('document.activeElement.name'), 'why')
  await page.keyboard.type('seen with the keyboard')
  await page.keyboard.press('Enter')
  await page.locator('dialog .notice-good').waitFor()
  await closeDialog(page)
  await page.context().close()
})

test('keys can be switched off for good', async () => {
  const { page } = await takeSeat(browser, desk)
  await page.keyboard.press('?')
  await page.locator('dialog.help input[type=checkbox]').uncheck()
  await closeDialog(page)
  await page.keyboard.press('h')
  await page.keyboard.press('?')
  assert.equal(await page.locator('dialog').count(), 0)
  await page.reload()
  await page.locator('.account').first().waitFor()
  await page.keyboard.press('?')
  assert.equal(await page.locator('dialog').count(), 0)
  await page.context().close()
})

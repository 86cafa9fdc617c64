/** What a person does at the console, in the words of the tests. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { type WatchedPage, watchedPage } from './browser.ts'
import type { ConsoleDesk } from './console-desk.ts'

/** Opens a page and logs in. */
export async function takeSeat(
  browser: Browser,
  desk: ConsoleDesk,
  options: BrowserContextOptions & { readonly token?: string } = {},
): Promise<WatchedPage> {
  const { token, ...looks } = options
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...looks })
  const watched = await watchedPage(context, desk.url)
  await watched.page.goto(await desk.loginUrl(token))
  await watched.page.getByRole('button', { name: 'Log in' }).click()
  await watched.page.locator('.account').first().waitFor()
  return watched
}

/** Goes to a screen by its address. */
export async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`)
  await page.locator('main h1').waitFor()
}

/** Fills in the open dialog of an action and confirms; answers what it says was done. */
export async function confirmAction(page: Page, why: string, typed?: string): Promise<string> {
  const dialog = page.locator('dialog.action')
  await dialog.locator('.radius').waitFor()
  await dialog.locator('input[name=why]').fill(why)
  if (typed !== undefined) await dialog.locator('input[name=typed]').fill(typed)
  await dialog.locator('button.grave').click()
  const done = dialog.locator('.notice-good')
  await done.waitFor()
  return await done.innerText()
}

/** Closes the open dialog. */
export async function closeDialog(page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  await page.locator('dialog').waitFor({ state: 'detached' })
}

/** Waits until the one line says so. */
export async function verdictIs(page: Page, state: 'equal' | 'drift' | 'unknown'): Promise<string> {
  await page.locator(`.verdict-${state}`).waitFor()
  return await page.locator('.verdict-text').innerText()
}

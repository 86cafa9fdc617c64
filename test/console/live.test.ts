/** LIVE cannot be mistaken for PAPER: words, shape, colour, title and icon differ; and what nobody has read yet is UNKNOWN, never equal. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser } from 'playwright-core'
import { OPERATOR_TOKEN, SETTINGS, startHttp } from '#test/http/http-fixture.ts'
import { openBrowser, watchedPage } from './browser.ts'
import { verdictIs } from './seat.ts'

interface Looks {
  readonly words: string
  readonly title: string
  readonly icon: string | null
  readonly shape: string
  readonly colour: string
}

async function looksOf(browser: Browser, mode: 'paper' | 'live'): Promise<Looks> {
  await using http = await startHttp({ settings: { ...SETTINGS, mode }, now: Date.now })
  const url = await http.server.fastify.listen({ host: '127.0.0.1', port: 0 })
  const { page, complaints } = await watchedPage(await browser.newContext(), url)
  await page.goto(`${url}/#/sweeps`)
  await page.getByRole('link', { name: 'Log in with your token' }).click()
  await page.getByLabel('Token or one-time code').fill(OPERATOR_TOKEN)
  await page.getByRole('button', { name: 'Log in' }).click()
  assert.match(await verdictIs(page, 'unknown'), /alpha: broker not read yet; 2 accounts in all/)
  assert.match(await page.locator('main h1').innerText(), /Sweeps/, 'back at the address that was asked for')
  const band = page.locator('.mode')
  const style = async (property: string): Promise<string> =>
    await band.evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property)
  const looks = {
    words: await band.innerText(),
    title: await page.title(),
    icon: await page.locator('link[rel=icon]').getAttribute('href'),
    shape: await style('clip-path'),
    colour: await style('color'),
  }
  // Logged out until somebody logged in: the browser says so of the two answers 401.
  assert.deepEqual(
    complaints.filter((complaint) => !complaint.includes('401')),
    [],
  )
  await page.context().close()
  return looks
}

test('LIVE and PAPER share neither words, title, icon, shape nor colour', async () => {
  const browser = await openBrowser()
  try {
    const [paper, live] = [await looksOf(browser, 'paper'), await looksOf(browser, 'live')]
    assert.match(paper.words, /PAPER/)
    assert.match(live.words, /LIVE/)
    assert.match(paper.title, /^PAPER \? UNKNOWN/)
    assert.match(live.title, /^LIVE \? UNKNOWN/)
    for (const one of ['words', 'title', 'icon', 'shape', 'colour'] as const)
      assert.notEqual(paper[one], live[one], one)
  } finally {
    await browser.close()
  }
})

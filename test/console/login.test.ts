/** Getting in and out with a real browser, and what another page can make that browser do: nothing. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import type { Browser, BrowserContext } from 'playwright-core'
import { type HttpFixture, OPERATOR_TOKEN, startHttp } from '#test/http/http-fixture.ts'
import { listen } from '#test/http/intruder/target.ts'
import { openBrowser, type WatchedPage, watchedPage } from './browser.ts'

let browser: Browser
let http: HttpFixture
let url: string
/** A page of somebody else; browsers count another name of this machine as another site. */
let elsewhere: string
let page = ''
const stranger = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(page))

before(async () => {
  browser = await openBrowser()
  http = await startHttp()
  url = `http://127.0.0.1:${await listen(http)}`
  await new Promise<void>((resolve) => void stranger.listen(0, '127.0.0.1', resolve))
  const address = stranger.address()
  elsewhere = `http://localhost:${typeof address === 'object' ? address?.port : ''}`
})
after(async () => {
  await browser.close()
  stranger.close()
  await http[Symbol.asyncDispose]()
})

async function visit(path: string): Promise<WatchedPage & { readonly context: BrowserContext }> {
  const context = await browser.newContext()
  const watched = await watchedPage(context, url)
  await watched.page.goto(`${url}${path}`)
  return { ...watched, context }
}

test('a link logs in by one press of a button and once; the page breaks no rule of its own policy', async () => {
  const path = http.server.loginPath()
  const { page: seat, complaints, context } = await visit(path)
  await seat.getByRole('button', { name: 'Log in' }).press('Enter')
  await seat.getByRole('button', { name: 'Log out' }).waitFor()
  const [cookie] = await context.cookies(url)
  assert.deepEqual([cookie?.name, cookie?.httpOnly, cookie?.sameSite], ['truebook', true, 'Strict'])
  assert.equal(await seat.evaluate('document.cookie'), '')
  assert.deepEqual(complaints, [])
  const again = await visit(path)
  await again.page.getByRole('button', { name: 'Log in' }).click()
  assert.match(await again.page.getByRole('alert').innerText(), /unknown, spent or too old/)
  await seat.getByRole('button', { name: 'Log out' }).click()
  await seat.getByRole('heading', { name: 'Truebook' }).waitFor()
  assert.equal(new URL(seat.url()).pathname, '/login')
  assert.deepEqual(await context.cookies(url), [])
  await Promise.all([context.close(), again.context.close()])
})

test('a deep link leads through the login back to what it meant', async () => {
  const { page: seat, context } = await visit('/#/alerts')
  await seat.getByRole('link', { name: 'Log in with your token' }).click()
  await seat.getByLabel('Token or one-time code').fill('wrong-token-0123456789')
  await seat.getByRole('button', { name: 'Log in' }).click()
  await seat.getByRole('alert').waitFor()
  await seat.getByLabel('Token or one-time code').fill(OPERATOR_TOKEN)
  await seat.getByRole('button', { name: 'Log in' }).click()
  await seat.getByRole('button', { name: 'Log out' }).waitFor()
  assert.equal(seat.url(), `${url}/#/alerts`)
  await context.close()
})

test('a link elsewhere finds who is logged in; forms and scripts elsewhere change nothing and read nothing', async () => {
  const { page: seat, context } = await visit(http.server.loginPath())
  await seat.getByRole('button', { name: 'Log in' }).click()
  await seat.getByRole('button', { name: 'Log out' }).waitFor()
  page = `<a href="${url}/#/alerts">an alert</a>`
  await seat.goto(elsewhere)
  await seat.getByRole('link').click()
  await seat.getByRole('button', { name: 'Log out' }).waitFor()

  const audits = async () =>
    (await http.book.list('audit', { where: { subject: 'global' }, orderBy: { field: 'at', direction: 'ascending' } }))
      .length
  const earlier = await audits()
  page = `<form method="post" action="${url}/logout"><button>x</button></form>`
  await seat.goto(elsewhere)
  await seat.getByRole('button').click()
  await seat.waitForURL(`${url}/logout`)
  assert.match(await seat.innerText('body'), /saw another origin/)
  page = `<form method="post" enctype="text/plain" action="${url}/v1/actions"><input name='{"verb":"halt","scope":{"kind":"all"},"why":"' value='"}'><button>x</button></form>`
  await seat.goto(elsewhere)
  await seat.getByRole('button').click()
  await seat.waitForURL(`${url}/v1/actions`)
  assert.match(await seat.innerText('body'), /"code":"(unauthorized|forbidden|unsupported_media_type)"/)
  page = 'nothing'
  await seat.goto(elsewhere)
  const read = await seat.evaluate(
    `fetch('${url}/v1/session', { credentials: 'include' }).then((answer) => answer.text(), (error) => error.name)`,
  )
  assert.equal(read, 'TypeError')
  page = `<iframe src="${url}/"></iframe>`
  await seat.goto(elsewhere)
  const framed = seat.frames().find((frame) => frame !== seat.mainFrame())
  assert.equal((await framed?.locator('main').count()) ?? 0, 0)

  await seat.goto(`${url}/`)
  await seat.getByRole('button', { name: 'Log out' }).waitFor()
  assert.equal(await audits(), earlier)
  await context.close()
})

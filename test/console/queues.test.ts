/** Bull Board in a real browser: readable for who may look, working for who may change, and for no page elsewhere. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Queue } from 'bullmq'
import type { Browser, Page } from 'playwright-core'
import { type HttpFixture, OPERATOR_TOKEN, SETTINGS, startHttp, VIEWER_TOKEN } from '#test/http/http-fixture.ts'
import { listen } from '#test/http/intruder/target.ts'
import { startTestRedis, type TestRedis } from '#test/support/redis.ts'
import { openBrowser, watchedPage } from './browser.ts'

let browser: Browser
let redis: TestRedis
let queue: Queue
let http: HttpFixture
let url: string

before(async () => {
  browser = await openBrowser()
  redis = await startTestRedis()
  queue = new Queue('route', { connection: { host: '127.0.0.1', port: redis.port }, prefix: 'board' })
  await queue.add('job-of-the-test', {})
  http = await startHttp({ queues: [queue], settings: { ...SETTINGS, queuesWritable: true } })
  url = `http://127.0.0.1:${await listen(http)}`
})
after(async () => {
  await browser.close()
  await http[Symbol.asyncDispose]()
  await queue.close()
  await redis.stop()
})

async function enter(token: string): Promise<Page> {
  const context = await browser.newContext()
  const { page } = await watchedPage(context, url)
  await page.goto(`${url}/queues`)
  await page.getByLabel('Token or one-time code').fill(token)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.waitForURL(`${url}/queues`)
  await page.getByText('route').first().waitFor()
  return page
}

async function change(page: Page, path: string): Promise<number> {
  return await page.evaluate(`fetch('/queues/api/queues/${path}', { method: 'PUT' }).then((answer) => answer.status)`)
}

test('an admin pauses a queue with the page of the board; a viewer reads the same page and changes nothing', async () => {
  const [admin, viewer] = await Promise.all([enter(OPERATOR_TOKEN), enter(VIEWER_TOKEN)])
  assert.equal(await change(viewer, 'route/pause'), 403)
  assert.equal(await queue.isPaused(), false)
  assert.equal(await change(admin, 'route/pause'), 200)
  assert.equal(await queue.isPaused(), true)
  assert.equal(await change(admin, 'route/resume'), 200)
  await Promise.all([admin.context().close(), viewer.context().close()])
})

/** The browser of the tests: Debian's chromium, headless, speaking to nobody but the page's own server. */
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core'

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Starts it. @throws when none is installed, with the line to run */
export async function openBrowser(): Promise<Browser> {
  const executablePath = CANDIDATES.find((path) => existsSync(path))
  if (executablePath === undefined) {
    throw new Error(`Expected a browser at one of ${CANDIDATES.join(', ')}, saw none. Run: apt-get install -y chromium`)
  }
  return await chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** A page and what it complained about. */
export interface WatchedPage {
  readonly page: Page
  /** Errors of scripts, breaches of the content policy and requests that left the server, as they happen. */
  readonly complaints: string[]
}

/** Opens a page that keeps a record of everything that must not happen. */
export async function watchedPage(context: BrowserContext, origin: string): Promise<WatchedPage> {
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`)
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(origin)) complaints.push(`left the server: ${request.url()}`)
  })
  // Text, since it runs in the page and not here. The listener above hears it.
  await page.addInitScript(
    `document.addEventListener('securitypolicyviolation', (event) => console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI))`,
  )
  return { page, complaints }
}

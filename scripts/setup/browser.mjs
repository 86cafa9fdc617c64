/** Makes sure that the console's tests have a browser: chromium or Chrome on the PATH, else apt-get as root. */
import { say } from './say.mjs'
import { installFirstOf, onPath } from './system.mjs'

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome']

/** Never fails: the tests that need it do. */
export function installBrowser() {
  if (PROGRAMS.some((program) => onPath(program) !== undefined)) return
  installFirstOf(['chromium', 'chromium-browser'])
  if (PROGRAMS.some((program) => onPath(program) !== undefined)) return
  say(`no browser can be had here, so the console's tests will fail. Run: sudo apt-get install -y chromium`)
}

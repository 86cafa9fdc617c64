/** The login page: plain HTML that works without any script. */

export interface LoginPage {
  readonly mode: 'paper' | 'live'
  /** Of a login link: then one press logs in. */
  readonly code: string | null
  /** Path to go to afterwards. */
  readonly next: string
  /** What was wrong with the last attempt. */
  readonly problem: string | null
}

/** The page. */
export function loginPage({ mode, code, next, problem }: LoginPage): string {
  const proof =
    code === null
      ? '<label for="token">Token or one-time code</label>\n<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>'
      : `<input type="hidden" name="token" value="${escaped(code)}">\n<p>This link logs in once.</p>`
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Log in to Truebook (${mode})</title>
<link rel="stylesheet" href="/login.css">
<main class="${mode}">
<h1>Truebook</h1>
<p class="mode">${mode === 'live' ? 'LIVE: real money' : 'Paper: no real money'}</p>
${problem === null ? '' : `<p class="problem" role="alert">${escaped(problem)}</p>`}
<form method="post" action="/login">
<input type="hidden" name="next" value="${escaped(next)}">
${proof}
<button${code === null ? '' : ' autofocus'}>Log in</button>
</form>
<p class="hint">A link that logs in once: <code>truebook login --config FILE</code></p>
</main>
</html>
`
}

/** Its style; follows the browser's own colours, light or dark. */
export const LOGIN_STYLE = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0; display: grid; place-items: center; min-height: 100vh; }
main { width: min(22rem, 100vw - 2rem); border-top: .4rem solid #2b6cb0; padding: 1rem 0; }
main.live { border-color: #c53030; }
h1 { font-size: 1.4rem; margin: 0; }
.mode { margin: 0 0 1rem; font-weight: 600; }
form { display: grid; gap: .6rem; }
input, button { font: inherit; padding: .6rem; }
.problem { border-left: .3rem solid #c53030; padding-left: .6rem; }
.hint { font-size: .85rem; }
code { overflow-wrap: anywhere; }
`

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

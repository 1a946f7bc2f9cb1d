import type { Response } from 'express';

/** What a browser without a session sees instead of the page: where the token is, and a field to paste it. No script needed. */
export function sendSignIn(res: Response, next: string, why: 'ask' | 'refused'): void {
  const said =
    why === 'refused' ? '<p role="alert">That link has been used already, or it is not of this server.</p>' : '';
  res
    .status(401)
    .set('Cache-Control', 'no-store')
    .type('html')
    .send(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Busbar: sign in</title>
<style>
  :root { --page: #f6f8fc; --panel: #fff; --line: #dfe4ec; --text: #151c28; --muted: #4b586b; --accent: #2160d4; --error: #cf222e; }
  @media (prefers-color-scheme: dark) {
    :root { --page: #0d1219; --panel: #151c26; --line: #263040; --text: #e6ebf2; --muted: #9aa7b8; --accent: #74a6ff; --error: #ff6b70; }
  }
  body { font: 15px/1.5 system-ui, sans-serif; margin: 0; padding: 12vh 1rem 2rem; color: var(--text); background: var(--page); }
  main { max-width: 30rem; margin: 0 auto; padding: 1.6rem 1.8rem 1.8rem; background: var(--panel); border: 1px solid var(--line); border-radius: 10px; }
  h1 { display: flex; align-items: center; gap: .5rem; margin: 0 0 .8rem; font-size: 1.3rem; }
  h1 svg { color: var(--accent); }
  p { margin: 0 0 1rem; color: var(--muted); }
  p[role=alert] { color: var(--error); font-weight: 600; }
  code { display: block; margin-top: .3rem; font: .9em ui-monospace, monospace; color: var(--text); overflow-wrap: anywhere; }
  label { font-weight: 600; }
  input, button { font: inherit; padding: .45rem .7rem; border-radius: 6px; border: 1px solid var(--line); }
  input { width: 100%; box-sizing: border-box; margin: .3rem 0 .8rem; color: inherit; background: var(--page); }
  button { color: var(--panel); background: var(--accent); border-color: var(--accent); font-weight: 600; cursor: pointer; }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
</style>
<main>
<h1><svg width="26" height="20" viewBox="0 0 26 20" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round"
  aria-hidden="true"><path d="M2 17h22M7 17V4M13 17V9M19 17V7"/></svg>Busbar</h1>
${said}
<p>Open the link that the server printed where it was started. Each use prints a new one.
   In a cluster, the token is in the log: <code>kubectl -n busbar logs deploy/busbar</code></p>
<form method="get" action="/auth">
  <label for="token">Token</label>
  <input id="token" name="token" type="password" autocomplete="off" autofocus required maxlength="4096">
  <input type="hidden" name="next" value="${escapeHtml(next)}">
  <button>Sign in</button>
</form>
</main>
</html>
`);
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

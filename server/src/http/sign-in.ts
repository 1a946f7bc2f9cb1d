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
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 14vh auto; padding: 0 1rem; }
  code { font-family: ui-monospace, monospace; }
  input, button { font: inherit; padding: .4rem .6rem; }
  input { width: 100%; box-sizing: border-box; margin: .3rem 0 .6rem; }
</style>
<main>
<h1>Busbar</h1>
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

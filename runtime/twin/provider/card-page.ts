/**
 * The provider's page on which a customer registers a card, as far as a shop sees it: it takes a customerKey and two
 * addresses to come back to, and gives the first an authKey. Here there is one card to choose, and no number to type.
 */
import { randomBytes } from 'node:crypto'

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (letter) => escapes[letter] ?? '')
/** Only shops on this machine: a link of ours leads nowhere else. */
const isHere = (address: string) => ['127.0.0.1', 'localhost', '[::1]'].includes(URL.parse(address)?.hostname ?? '')

export class CardPage {
  readonly #given = new Map<string, string>()

  html(query: URLSearchParams): string {
    const customerKey = query.get('customerKey') ?? ''
    const [success, fail] = [query.get('successUrl') ?? '', query.get('failUrl') ?? '']
    const choices =
      customerKey !== '' && isHere(success) && isHere(fail)
        ? `<p><a href="${escaped(this.#permission(customerKey, success))}">Register the simulated card 카드 등록</a></p>
<p><a href="${escaped(fail)}">Cancel 취소</a></p>`
        : '<p>No shop sent you here.</p>'
    return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Simulated payment provider</title></head>
<body><h1>Simulated payment provider</h1>
${choices}
</body></html>
`
  }

  customerOf(authKey: string): string | undefined {
    return this.#given.get(authKey)
  }

  #permission(customerKey: string, successUrl: string): string {
    const authKey = `twin_auth_${randomBytes(12).toString('hex')}`
    this.#given.set(authKey, customerKey)
    const url = new URL(successUrl)
    url.searchParams.set('customerKey', customerKey)
    url.searchParams.set('authKey', authKey)
    return url.href
  }
}

import type { Profile } from '../profile/profile-schema.ts'

/** Where the payment provider registers a card, and comes back from; null: cards are registered elsewhere. */
export function cardPageOf({ phone, payment }: Pick<Profile, 'phone' | 'payment'>, live: boolean): string | null {
  if (phone?.cardPage) return phone.cardPage
  return live || payment.provider !== 'toss' ? null : `${payment.url}/card-page`
}

/** The address to send a shopper to. Toss's window takes the same three, and adds `authKey` to the first it returns to. */
export function cardPageUrl(cardPage: string, customerKey: string, origin: string): string {
  const url = new URL(cardPage)
  url.searchParams.set('customerKey', customerKey)
  url.searchParams.set('successUrl', `${origin}/card`)
  url.searchParams.set('failUrl', `${origin}/`)
  return url.href
}

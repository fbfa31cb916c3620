/** The payment providers by the names that a profile calls them by. */
import type { Profile } from '../../profile/profile-schema.ts'
import type { PaymentProvider } from './payment-provider.ts'
import { createStripeProvider } from './stripe.ts'
import { createTossProvider, type ProviderAccess } from './toss.ts'

export const paymentProviders: Record<Profile['payment']['provider'], (access: ProviderAccess) => PaymentProvider> = {
  toss: createTossProvider,
  stripe: createStripeProvider,
}

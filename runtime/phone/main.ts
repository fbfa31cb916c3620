/**
 * The phones' program: the page of the shoppers. A program of its own, at an address of its own, because its readers
 * are anybody: it holds the one token that speaks for accounts, no payment key, and nothing of the owner's.
 */
import { loadStore } from '../profile/load-store.ts'
import { runProgram } from '../program/program.ts'
import { handedSecret } from '../security/handed-secret.ts'
import { generatedSecrets } from '../security/secret-names.ts'
import { createTillClient } from '../till-api/till-http-client.ts'
import { startPhone } from './phone.ts'

runProgram('phone', async ({ settings, secrets, clock, log }) => {
  const { host, ports, live } = settings
  const token = handedSecret(secrets, generatedSecrets.tillTokenAccounts)
  return startPhone({
    store: await loadStore(settings.profileDirectory),
    till: createTillClient({ url: `http://${host}:${ports.till}`, token, clock }),
    keys: {
      invitations: handedSecret(secrets, generatedSecrets.phoneInvitations),
      sessions: handedSecret(secrets, generatedSecrets.phoneSessions),
    },
    ...{ host, port: ports.phone, live, clock, log },
  })
})

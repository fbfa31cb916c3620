/**
 * The kiosks' program: what a screen at a card terminal shows. A program of its own, started only where the profile
 * has kiosks: strangers stand before it alone all day, so all that it holds is a token with which one may look and
 * confirm at a kiosk. Cards never come by it: their terminal speaks to the till.
 */
import { loadStore } from '../profile/load-store.ts'
import { runProgram } from '../program/program.ts'
import { handedSecret } from '../security/handed-secret.ts'
import { generatedSecrets } from '../security/secret-names.ts'
import { createTillClient } from '../till-api/till-http-client.ts'
import { defaultKioskPort } from './kiosk-session.ts'
import { startKiosks } from './kiosks.ts'

runProgram('kiosk', async ({ settings, secrets, clock, log }) => {
  const { host, ports } = settings
  const token = handedSecret(secrets, generatedSecrets.tillTokenKiosk)
  return startKiosks({
    store: await loadStore(settings.profileDirectory),
    till: createTillClient({ url: `http://${host}:${ports.till}`, token, clock }),
    key: handedSecret(secrets, generatedSecrets.kioskKey),
    ...{ host, port: ports.kiosk ?? defaultKioskPort, log },
  })
})

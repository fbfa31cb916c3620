/** The console program: login, store page, what it shows live. A program of its own, so that no page delays a door. */
import { SystemClock } from '../contract/clock.ts'
import { loadStore } from '../profile/load-store.ts'
import { watchesItself } from '../profile/own-vision.ts'
import { runProgram } from '../program/program.ts'
import { handedSecret } from '../security/handed-secret.ts'
import { generatedSecrets } from '../security/secret-names.ts'
import { createSensingClient } from '../sensing-api/sensing-http-client.ts'
import { createTillClient } from '../till-api/till-http-client.ts'
import { createEvidenceClient } from '../vision/evidence/evidence-client.ts'
import { startConsole } from './console.ts'
import { learnDaily } from './learn-daily.ts'
import { createTwinClient } from './twin-client.ts'

runProgram('console', async ({ settings, secrets, clock, log, notice }) => {
  const { host, ports, dataDirectory } = settings
  const store = await loadStore(settings.profileDirectory)
  const secret = (name: string) => handedSecret(secrets, name)
  const token = secret(generatedSecrets.tillTokenConsole)
  const till = createTillClient({ url: `http://${host}:${ports.till}`, token, clock })
  const running = await startConsole({
    store,
    till,
    sensing: createSensingClient({
      url: `http://${host}:${ports.sensing}`,
      token: secret(generatedSecrets.sensingToken),
      clock,
    }),
    twin: settings.live
      ? null
      : createTwinClient({
          url: store.profile.payment.url,
          token: secret(generatedSecrets.twinControl),
          wallClock: new SystemClock(),
        }),
    askForEvidence:
      store.profile.vision?.evidence && watchesItself(store.profile, settings)
        ? createEvidenceClient({ url: `http://${host}:${ports.vision}`, token: secret(generatedSecrets.evidenceToken) })
        : null,
    sessionKey: secret(generatedSecrets.sessionKey),
    invitationKey: secret(generatedSecrets.phoneInvitations),
    ...{ dataDirectory, host, ports, log, notice },
  })
  if (!store.profile.learning?.daily) return running
  const learning = learnDaily({ till, layout: store.layout, ...{ dataDirectory, clock, log, notice } })
  return {
    async stop() {
      await Promise.all([running.stop(), learning.stop()])
    },
  }
})

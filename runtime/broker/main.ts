import { loadStore } from '../profile/load-store.ts'
import { withOwnVision } from '../profile/own-vision.ts'
import { runProgram } from '../program/program.ts'
import { BrokerAccess, brokerUsers } from './access.ts'
import { startBroker } from './broker.ts'

runProgram('broker', async ({ settings, secrets, log }) => {
  const { profile } = withOwnVision(await loadStore(settings.profileDirectory), settings)
  const access = new BrokerAccess(brokerUsers(profile, secrets))
  return startBroker({ host: settings.host, port: settings.ports.broker, access, log })
})

import type { NodeAPI } from 'node-red'
import { registerStore } from '../kit/register-node.ts'
import definition from './definition.ts'

export default (RED: NodeAPI) => registerStore(RED, definition)
